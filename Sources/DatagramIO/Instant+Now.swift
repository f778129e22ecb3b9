internal import Glibc
public import MediaUnits

extension Instant {
  /// The present, read from `CLOCK_MONOTONIC`.
  public static var now: Instant {
    Instant(nanoseconds: readNanoseconds(of: CLOCK_MONOTONIC))
  }
}

extension NTPClock {
  /// Seconds from 1900-01-01 to 1970-01-01.
  ///
  /// - Spec: RFC 5905, figure 4.
  private static let secondsToUnixEpoch: Int64 = 2_208_988_800

  /// The relation of the system's wall clock to its monotonic clock at the moment of the call.
  public static func system() -> NTPClock {
    NTPClock(epochNanoseconds: self.wallLead + self.secondsToUnixEpoch * 1_000_000_000)
  }

  /// Nanoseconds since 1970 by the wall clock, less those of the monotonic clock.
  static var wallLead: Int64 { readNanoseconds(of: CLOCK_REALTIME) - readNanoseconds(of: CLOCK_MONOTONIC) }
}

private func readNanoseconds(of clock: clockid_t) -> Int64 {
  var time = timespec()
  let result = clock_gettime(clock, &time)
  precondition(result == 0, "Linux always has its real-time and monotonic clocks")
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
