import MediaUnits
import Testing

@Suite("NTP timestamps")
struct NTPTimestampTests {
  /// 2024-01-01T00:00:00Z in seconds since 1900.
  private static let epochSeconds: UInt64 = 3_913_056_000
  private let clock = NTPClock(epochNanoseconds: Int64(Self.epochSeconds) * 1_000_000_000)

  @Test("count seconds since 1900 and a binary fraction")
  func timestamp() {
    #expect(self.clock.timestamp(at: .zero).rawValue == Self.epochSeconds << 32)
    #expect(self.clock.timestamp(at: .zero + .milliseconds(500)).rawValue == Self.epochSeconds << 32 | 0x8000_0000)
    let second = self.clock.timestamp(at: .zero + .milliseconds(1250))
    #expect(second.rawValue == (Self.epochSeconds + 1) << 32 | 0x4000_0000)
    #expect(second.middle == UInt32(truncatingIfNeeded: Self.epochSeconds + 1) << 16 | 0x4000)
  }

  @Test("come back as the same instant, but for a nanosecond", arguments: [1, 2, 3] as [UInt64])
  func roundTrip(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<1000 {
      let instant = Instant(nanoseconds: .random(in: 0...1 << 58, using: &random))
      let error = instant - self.clock.instant(at: self.clock.timestamp(at: instant))
      #expect(error >= .zero && error <= .nanoseconds(1))
    }
  }
}
