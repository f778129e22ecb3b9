/// A point on one machine's monotonic clock.
///
/// Instants from two machines are not comparable; ``ClockOffset`` of the transport relates them. The core never asks
/// for the time: it is handed instants, and `Instant.now` is declared in the adapter layer where the core cannot see it.
public struct Instant: Hashable, Comparable, Sendable {
  /// Nanoseconds since an arbitrary start, the same for a machine's whole uptime.
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The clock's own start.
  public static let zero = Instant(nanoseconds: 0)
  /// Later than any instant that a clock reaches.
  public static let distantFuture = Instant(nanoseconds: .max)

  @inlinable
  public static func < (lhs: Instant, rhs: Instant) -> Bool {
    lhs.nanoseconds < rhs.nanoseconds
  }

  @inlinable
  public static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds &+ duration.wholeNanoseconds)
  }

  @inlinable
  public static func - (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds &- duration.wholeNanoseconds)
  }

  /// The time from `earlier` to `later`; negative if they are the other way round.
  @inlinable
  public static func - (later: Instant, earlier: Instant) -> Duration {
    .nanoseconds(later.nanoseconds &- earlier.nanoseconds)
  }

  @inlinable
  public static func += (instant: inout Instant, duration: Duration) {
    instant = instant + duration
  }

  /// The time from this instant to `other`; negative if `other` is earlier.
  @inlinable
  public func duration(to other: Instant) -> Duration {
    other - self
  }
}

extension Duration {
  /// This duration in nanoseconds, rounded towards zero. Traps beyond ±292 years.
  @inlinable
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = self.components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// This duration in milliseconds.
  @inlinable
  public var inMilliseconds: Double {
    Double(self.wholeNanoseconds) / 1e6
  }

  /// This duration in seconds.
  @inlinable
  public var inSeconds: Double {
    Double(self.wholeNanoseconds) / 1e9
  }
}
