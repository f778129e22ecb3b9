public import MediaUnits

/// How fast the timestamps of a payload advance.
///
/// - Spec: RFC 3550 §5.1, Protocol/media.md §2.
public struct ClockRate: Hashable, Sendable {
  /// Ticks per second, at least 1.
  public var ticksPerSecond: UInt32

  /// - Parameter ticksPerSecond: at least 1.
  @inlinable
  public init(ticksPerSecond: UInt32) {
    precondition(ticksPerSecond > 0, "a clock must advance")
    self.ticksPerSecond = ticksPerSecond
  }

  /// 90 kHz, RFC 6184 §8.2.1.
  public static let video = ClockRate(ticksPerSecond: 90_000)
  /// 48 kHz, RFC 7587 §4.1.
  public static let audio = ClockRate(ticksPerSecond: 48_000)

  /// The whole ticks nearest to `duration`, which may be negative.
  public func ticks(in duration: Duration) -> Int64 {
    var (seconds, rest) = duration.wholeNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    if rest < 0 {
      seconds -= 1
      rest += 1_000_000_000
    }
    let rate = Int64(self.ticksPerSecond)
    return seconds &* rate &+ (rest * rate + 500_000_000) / 1_000_000_000
  }

  /// How long `ticks` take, to the nearest nanosecond; may be negative.
  public func duration(ofTicks ticks: Int64) -> Duration {
    let rate = Int64(self.ticksPerSecond)
    let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: rate)
    let half = rest < 0 ? -rate / 2 : rate / 2
    let nanoseconds = (rest * 1_000_000_000 + half) / rate
    return Duration(secondsComponent: seconds, attosecondsComponent: nanoseconds * 1_000_000_000)
  }

  /// The timestamp that stands for `instant`, in a stream whose timestamp was `base` at `epoch`; wraps.
  public func timestamp(
    at instant: Instant,
    base: RTPTimestamp = RTPTimestamp(rawValue: 0),
    epoch: Instant = .zero
  ) -> RTPTimestamp {
    base.advanced(by: Int(truncatingIfNeeded: self.ticks(in: instant - epoch)))
  }
}
