/// A time as RTCP carries it: seconds since 1900 with 32 fractional bits.
///
/// - Spec: RFC 3550 §4.
public struct NTPTimestamp: Hashable, Sendable {
  /// Seconds in the upper 32 bits, fraction in the lower.
  public var rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// The middle 32 bits, in units of 1/65536 s, as LSR and DLSR use.
  ///
  /// - Spec: RFC 3550 §6.4.1.
  @inlinable
  public var middle: UInt32 {
    UInt32(truncatingIfNeeded: self.rawValue >> 16)
  }
}

/// Turns one machine's monotonic instants into NTP timestamps and back.
///
/// The offset is fixed when a session starts, so a step of the wall clock never reaches the media.
public struct NTPClock: Hashable, Sendable {
  /// Nanoseconds from 1900-01-01 to the monotonic clock's start.
  public var epochNanoseconds: Int64

  /// - Parameter epochNanoseconds: nanoseconds from 1900-01-01T00:00:00Z to ``Instant/zero``, at least 0.
  public init(epochNanoseconds: Int64) {
    precondition(epochNanoseconds >= 0, "the monotonic clock cannot have started before 1900")
    self.epochNanoseconds = epochNanoseconds
  }

  @inlinable
  public func timestamp(at instant: Instant) -> NTPTimestamp {
    let total = UInt64(bitPattern: self.epochNanoseconds &+ instant.nanoseconds)
    let (seconds, rest) = total.quotientAndRemainder(dividingBy: 1_000_000_000)
    return NTPTimestamp(rawValue: (seconds << 32) | ((rest << 32) / 1_000_000_000))
  }

  @inlinable
  public func instant(at timestamp: NTPTimestamp) -> Instant {
    let seconds = Int64(timestamp.rawValue >> 32)
    let fraction = Int64(((timestamp.rawValue & 0xFFFF_FFFF) &* 1_000_000_000) >> 32)
    return Instant(nanoseconds: seconds &* 1_000_000_000 &+ fraction &- self.epochNanoseconds)
  }
}

extension NTPClock {
  /// Nanoseconds from 1900-01-01 to 1970-01-01.
  ///
  /// - Spec: RFC 868.
  public static let unixEpochNanoseconds: Int64 = 2_208_988_800 * 1_000_000_000

  /// Wall-clock nanoseconds since 1970-01-01T00:00:00Z at `instant`.
  @inlinable
  public func nanosecondsSince1970(at instant: Instant) -> Int64 {
    self.epochNanoseconds - Self.unixEpochNanoseconds + instant.nanoseconds
  }
}
