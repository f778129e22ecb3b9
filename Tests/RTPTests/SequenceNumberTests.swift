import MediaUnits
import RTP
import Testing

@Suite("Sequence numbers")
struct SequenceNumberTests {
  @Test(
    "are compared by the shorter way round",
    arguments: [
      (1, 0, 1), (0, 1, -1), (0, 65535, 1), (65535, 0, -1), (32767, 0, 32767), (32768, 0, -32768), (5, 5, 0),
    ] as [(UInt16, UInt16, Int)]
  )
  func distance(later: UInt16, earlier: UInt16, expected: Int) {
    let distance = SequenceNumber(rawValue: later).distance(from: SequenceNumber(rawValue: earlier))
    #expect(distance == expected)
    #expect(SequenceNumber(rawValue: earlier).advanced(by: distance).rawValue == later)
  }

  @Test("unwrap forwards, backwards, and before the beginning")
  func unwrap() {
    var unwrapper = SequenceUnwrapper()
    #expect(unwrapper.newest == nil)
    let raw: [UInt16] = [1, 0, 65535, 2, 32768, 65530, 3, 65535, 40000, 5]
    let expected: [Int64] = [1, 0, -1, 2, 32768, 65530, 65539, 65535, 40000, 65541]
    #expect(raw.map { unwrapper.unwrap(raw: $0) } == expected)
    #expect(unwrapper.newest == 65541)
  }

  @Test("unwrap any walk of steps below half the range", arguments: 1...20 as ClosedRange<UInt64>)
  func walk(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var unwrapper = SequenceUnwrapper()
    var newest = Int64.random(in: 0..<65536, using: &random)
    _ = unwrapper.unwrap(SequenceNumber(rawValue: UInt16(newest)))
    for _ in 0..<1000 {
      let value = newest + Int64.random(in: -32768...32767, using: &random)
      #expect(unwrapper.unwrap(raw: UInt16(truncatingIfNeeded: value)) == value)
      newest = max(newest, value)
    }
  }
}

@Suite("RTP timestamps")
struct RTPTimestampTests {
  @Test("wrap")
  func wraps() {
    let last = RTPTimestamp(rawValue: .max)
    #expect(last.advanced(by: 2).rawValue == 1)
    #expect(last.advanced(by: 2).distance(from: last) == 2)
    #expect(last.distance(from: last.advanced(by: 2)) == -2)
  }

  @Test(
    "count whole ticks, to the nearest",
    arguments: [
      (ClockRate.video, .seconds(1), 90_000), (.audio, .milliseconds(20), 960), (.video, .nanoseconds(5_555), 0),
      (.video, .nanoseconds(5_556), 1), (.video, .nanoseconds(-11_111), -1), (.audio, .seconds(-3), -144_000),
    ] as [(ClockRate, Duration, Int64)]
  )
  func ticks(rate: ClockRate, duration: Duration, expected: Int64) {
    #expect(rate.ticks(in: duration) == expected)
  }

  @Test("survive the way to a duration and back", arguments: [ClockRate.video, .audio])
  func roundTrip(rate: ClockRate) {
    var random = SplitMix64(seed: UInt64(rate.ticksPerSecond))
    for _ in 0..<1000 {
      let ticks = Int64.random(in: -1 << 40...1 << 40, using: &random)
      #expect(rate.ticks(in: rate.duration(ofTicks: ticks)) == ticks)
    }
  }

  @Test("follow the clock from a base at an epoch")
  func timestamp() {
    let epoch = Instant(nanoseconds: 3_000_000_000)
    let base = RTPTimestamp(rawValue: .max)
    #expect(ClockRate.video.timestamp(at: epoch, base: base, epoch: epoch) == base)
    #expect(ClockRate.video.timestamp(at: epoch + .milliseconds(10), base: base, epoch: epoch).rawValue == 899)
    #expect(ClockRate.audio.timestamp(at: epoch).rawValue == 144_000)
  }

  @Test("do not trap at the ends of the clock", arguments: [Int64.min, -1, .max])
  func extremes(nanoseconds: Int64) {
    let instant = Instant(nanoseconds: nanoseconds)
    let rate = ClockRate(ticksPerSecond: .max)
    #expect(rate.timestamp(at: instant) == rate.timestamp(at: instant))
    #expect(rate.duration(ofTicks: nanoseconds) < .seconds(2_147_483_649))
  }
}
