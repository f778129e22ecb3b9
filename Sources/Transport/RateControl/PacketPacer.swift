internal import MediaUnits

/// When each packet of a frame may leave: at the pace that is asked for, in bursts of half a millisecond.
///
/// The times count from the frame's start, not from the packet before, so whoever drives this may be late without
/// making the frame longer.
struct PacketPacer: Sendable {
  /// What leaves within so short a time leaves at once.
  private static let burst: Duration = .microseconds(500)
  /// A frame that would leave within so short a time leaves at once.
  private static let shortestSpan: Duration = .milliseconds(1)

  private var bytesPerSecond = 0.0
  private var nextAt = Instant.zero

  /// A frame of `byteCount` bytes follows what was queued before.
  ///
  /// - Parameter bytesPerSecond: how fast it may leave; `nil` for at once.
  mutating func begin(byteCount: Int, bytesPerSecond: Double?, now: Instant) {
    self.nextAt = max(self.nextAt, now)
    guard let bytesPerSecond, Double(byteCount) > bytesPerSecond * Self.shortestSpan.inSeconds else {
      self.bytesPerSecond = 0
      return
    }
    self.bytesPerSecond = bytesPerSecond
  }

  /// When the next packet may leave.
  var deadline: Instant { self.nextAt }

  func isDue(now: Instant) -> Bool { self.nextAt <= now + Self.burst }

  /// A packet has left.
  mutating func released(byteCount: Int) {
    guard self.bytesPerSecond > 0 else { return }
    self.nextAt += .nanoseconds(Int64(Double(byteCount) * 1e9 / self.bytesPerSecond))
  }

  /// Nothing is queued any more.
  mutating func reset() {
    self.nextAt = .zero
  }
}
