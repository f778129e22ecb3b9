public import MediaUnits

extension PathState {
  /// What ``plan(now:)`` decided and what it went by, for a session's trace.
  ///
  /// - Parameters:
  ///   - plan: what it decided at `now`.
  ///   - bitrate: what the encoder keeps to.
  ///   - isKeyframe: whether a key frame is wanted.
  public func trace(_ plan: FramePlan, bitrate: Bitrate, isKeyframe: Bool, now: Instant) -> ControlTrace.Plan {
    let isCut = self.isCut(now: now)
    var budget = max(0, self.room(now: now))
    var decision = ControlTrace.Plan.Decision.skip
    var reason: ControlTrace.Plan.Reason = isCut ? .outage : .outstanding
    if case .encode(let byteBudget, _) = plan {
      budget = byteBudget
      decision = .encode
      reason = isKeyframe ? .keyframe : .fits
    }
    return ControlTrace.Plan(
      frame: 0,
      decision: decision,
      reason: reason,
      mode: isCut ? .outage : self.capacity == nil ? .starting : .tracking,
      budget: budget,
      bitrate: bitrate,
      capacity: self.traceCapacity,
      outstanding: self.outstandingByteCount,
      queued: self.queuedByteCount(now: now)
    )
  }

  /// A change of what the encoder keeps to, for a session's trace.
  public func change(from old: Bitrate, to new: Bitrate) -> ControlTrace.Rate {
    ControlTrace.Rate(old: old, new: new, reason: new < old ? .busy : .idle, capacity: self.traceCapacity)
  }

  private var traceCapacity: Bitrate? {
    self.capacity.map { Bitrate(bytesPerSecond: $0) }
  }
}

extension Bitrate {
  /// - Parameter bytesPerSecond: what is no rate becomes the nearest that is.
  init(bytesPerSecond: Double) {
    let bits = bytesPerSecond.isFinite ? min(max(bytesPerSecond, 0) * 8, 1e12) : 0
    self.init(bitsPerSecond: Int64(bits))
  }
}
