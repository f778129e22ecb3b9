internal import MediaUnits

/// Turns the middle 32 bits of NTP timestamps, which wrap every 18 hours, into instants of one clock.
struct MiddleUnwrapper: Sendable {
  private var last: Int64?

  /// - Returns: an instant of the other end's clock, from an arbitrary start.
  mutating func unwrap(_ middle: UInt32) -> Instant {
    let base = self.last ?? Int64(middle)
    let distance = Int32(truncatingIfNeeded: Int64(middle) - base)
    let value = base + Int64(distance)
    if value > self.last ?? Int64.min { self.last = value }
    // Splits so that no multiplication overflows.
    return Instant(nanoseconds: (value >> 16) * 1_000_000_000 + ((value & 0xFFFF) * 1_000_000_000) >> 16)
  }
}
