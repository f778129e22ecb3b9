internal import MediaUnits

/// Turns the middle 32 bits of NTP timestamps, which wrap every 18 hours, into instants of one clock.
///
/// That clock runs as fast as this one, or nearly: whatever says otherwise is refused, so that no row of reports can
/// lead anywhere. Where everything does for a while, as after the other machine slept, it starts anew.
struct MiddleUnwrapper: Sendable {
  /// How far the two clocks may be apart from what they were.
  private static let tolerance: Duration = .seconds(10)
  /// How much of that a single timestamp can change for good: clocks drift.
  private static let step: Duration = .milliseconds(1)
  /// After so long without a timestamp that could be, the next one is taken.
  private static let patience: Duration = .seconds(1)

  private var last: Int64?
  private var takenAt = Instant.zero
  /// Of the other clock, less this one.
  private var offset: Duration = .zero

  /// - Returns: an instant of the other end's clock, from an arbitrary start; `nil` if that cannot be.
  mutating func unwrap(_ middle: UInt32, now: Instant) -> Instant? {
    if now - self.takenAt > Self.patience { self.last = nil }
    let base = self.last ?? Int64(middle)
    let distance = Int32(truncatingIfNeeded: Int64(middle) - base)
    let value = base + Int64(distance)
    // Splits so that no multiplication overflows.
    let instant = Instant(nanoseconds: (value >> 16) * 1_000_000_000 + ((value & 0xFFFF) * 1_000_000_000) >> 16)
    let offset = instant - now
    if self.last == nil { self.offset = offset }
    let change = offset - self.offset
    guard (.zero - Self.tolerance)...Self.tolerance ~= change else { return nil }
    self.offset += min(max(change, .zero - Self.step), Self.step)
    self.takenAt = now
    self.last = max(self.last ?? value, value)
    return instant
  }
}
