import MediaUnits
import Testing

@Suite("Instants and durations")
struct InstantTests {
  @Test("are points and distances")
  func arithmetic() {
    let start = Instant(nanoseconds: 5)
    var later = start + .milliseconds(3)
    #expect(later.nanoseconds == 3_000_005)
    #expect(later - start == .milliseconds(3) && start - later == .milliseconds(-3))
    #expect(start.duration(to: later) == .milliseconds(3))
    #expect(later - .milliseconds(3) == start)
    #expect(start < later && later < .distantFuture && Instant.zero < start)
    later += .nanoseconds(1)
    #expect(later.nanoseconds == 3_000_006)
  }

  @Test(
    "durations are whole nanoseconds, towards zero",
    arguments: [
      (Duration(secondsComponent: 1, attosecondsComponent: 999_999_999), 1_000_000_000),
      (Duration(secondsComponent: -1, attosecondsComponent: -1_999_999_999), -1_000_000_001),
      (.milliseconds(-1500), -1_500_000_000), (.zero, 0),
    ] as [(Duration, Int64)]
  )
  func nanoseconds(duration: Duration, expected: Int64) {
    #expect(duration.wholeNanoseconds == expected)
  }

  @Test("durations in larger units")
  func units() {
    #expect(Duration.microseconds(1500).inMilliseconds == 1.5)
    #expect(Duration.milliseconds(-2500).inSeconds == -2.5)
  }
}
