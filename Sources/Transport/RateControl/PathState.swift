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
    let byteCount = min(self.windowByteCount, Double(self.capByteCount))
    return Bitrate(bitsPerSecond: Int64(byteCount * 8 / self.frameInterval.inSeconds))
  }

  /// What the path could be given: a stream that takes little does not show how much may wait.
  var carried: Bitrate {
    let cap = Bitrate(bitsPerSecond: Int64(Double(self.capByteCount) * 8 / self.frameInterval.inSeconds))
    return self.capacity.map { min(Bitrate(bytesPerSecond: $0), cap) } ?? self.bitrate
  }

  /// Bytes that are taken to wait at the bottleneck at `now`.
  public func queuedByteCount(now: Instant) -> Int {
    let drained = self.drainRate * max(.zero, min(now, self.drainsUntil) - self.drainsFrom).inSeconds
    guard drained < Double(self.outstandingByteCount) else { return 0 }
    return self.outstandingByteCount - Int(drained)
  }

  /// Decides about the picture that is about to be taken.
  public func plan(now: Instant) -> FramePlan {
    if self.outstandingByteCount > 0, self.heardBy < now { return .skip(until: now + self.frameInterval) }
    let queued = self.queuedByteCount(now: now)
    let budget = min(Int(self.windowByteCount) - queued, self.capByteCount)
    if budget < self.floorByteCount, queued > 0 {
      let excess = Double(self.floorByteCount - budget)
      let wait: Duration = .seconds(min(1, excess / max(self.drainRate, 1)))
      return .skip(until: now + min(wait, self.frameInterval))
    }
    let byteCount = max(budget, self.floorByteCount)
    let frameByteCount = VideoSender.frameByteCount(fitting: byteCount)
    return .encode(
      byteBudget: byteCount,
      bitrate: Bitrate(bitsPerSecond: Int64(Double(frameByteCount) * 8 / self.frameInterval.inSeconds))
    )
  }
}
