public import MediaUnits

/// What is known of the path at an instant, small enough to hand to the thread that encodes: it decides, on its own
/// clock and just before it takes a picture, what that may take.
public struct PathState: Hashable, Sendable {
  /// Bytes that may wait in the path right after a frame was sent.
  public internal(set) var windowByteCount: Double
  /// What the path is taken to let through while nothing is heard of it, in bytes per second.
  var drainRate: Double
  /// Bytes sent or queued of which nothing has been heard.
  var outstandingByteCount: Int
  /// From when on ``drainRate`` counts.
  var drainsFrom: Instant
  /// Until when: by then it would have been heard.
  var drainsUntil: Instant
  /// When something must have been heard, or the path is taken to be cut.
  var heardBy: Instant
  /// The least that a frame is planned with.
  var floorByteCount: Int
  /// The most.
  var capByteCount: Int
  var frameInterval: Duration
  /// What the path is taken to carry, in bytes per second; `nil` before that is known.
  var capacity: Double?

  /// What the path is given at most.
  public var bitrate: Bitrate {
    self.bitrate(frameByteCount: min(self.windowByteCount, Double(self.capByteCount)))
  }

  /// What the path could be given: a stream that takes little does not show how much may wait.
  var carried: Bitrate {
    let cap = self.bitrate(frameByteCount: Double(self.capByteCount))
    return self.capacity.map { min(Bitrate(bytesPerSecond: $0), cap) } ?? self.bitrate
  }

  /// Bytes that are taken to wait at the bottleneck at `now`.
  public func queuedByteCount(now: Instant) -> Int {
    let drained = self.drainRate * max(.zero, min(now, self.drainsUntil) - self.drainsFrom).inSeconds
    guard drained < Double(self.outstandingByteCount) else { return 0 }
    return self.outstandingByteCount - Int(drained)
  }

  /// Whether the path is taken to be cut: something was sent, and nothing has been heard for too long.
  func isCut(now: Instant) -> Bool { self.outstandingByteCount > 0 && self.heardBy < now }

  /// Bytes that a frame may have at `now`; below zero where more waits than may.
  func room(now: Instant) -> Int {
    min(Int(self.windowByteCount) - self.queuedByteCount(now: now), self.capByteCount)
  }

  /// Decides about the picture that is about to be taken.
  public func plan(now: Instant) -> FramePlan {
    if self.isCut(now: now) { return .skip(until: now + self.frameInterval) }
    let budget = self.room(now: now)
    if budget < self.floorByteCount, self.queuedByteCount(now: now) > 0 {
      let excess = Double(self.floorByteCount - budget)
      let wait: Duration = .seconds(min(1, excess / max(self.drainRate, 1)))
      return .skip(until: now + min(wait, self.frameInterval))
    }
    let byteCount = max(budget, self.floorByteCount)
    let frameByteCount = VideoSender.frameByteCount(fitting: byteCount)
    return .encode(
      byteBudget: byteCount,
      bitrate: self.bitrate(frameByteCount: Double(frameByteCount))
    )
  }

  private func bitrate(frameByteCount: Double) -> Bitrate {
    Bitrate(bitsPerSecond: Int64(frameByteCount * 8 / self.frameInterval.inSeconds))
  }
}
