import CDispatch
import Glibc
public import MediaUnits

/// The times that an indexer goes by. Tests hand in their own.
public struct IndexClock: Sendable {
  /// For intervals: goes on while the machine sleeps or the process is stopped.
  public var instant: @Sendable () -> Instant
  /// For what others compare with their own clocks: milliseconds since 1970.
  public var unixMilliseconds: @Sendable () -> Int64

  public init(instant: @escaping @Sendable () -> Instant, unixMilliseconds: @escaping @Sendable () -> Int64) {
    self.instant = instant
    self.unixMilliseconds = unixMilliseconds
  }

  /// The machine's.
  public static let system = Self(
    instant: { Instant(nanoseconds: Self.read(CLOCK_BOOTTIME)) },
    unixMilliseconds: { Self.read(CLOCK_REALTIME) / 1_000_000 }
  )

  /// Both clocks at once.
  var reading: Reading { Reading(instant: self.instant(), unixSeconds: self.unixSeconds) }

  /// One moment on both clocks.
  ///
  /// What a store says of the time that is left is counted from a moment before it was asked: whatever holds this process
  /// up in between makes the time shorter, never longer.
  struct Reading {
    let instant: Instant
    let unixSeconds: Int64
  }

  /// Seconds since 1970.
  var unixSeconds: Int64 { self.unixMilliseconds() / 1_000 }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
