import MediaUnits
import Testing

@testable import StreamHost

@Suite("The limit on round trip probes")
struct ProbeLimitTests {
  private let start = Instant(nanoseconds: 5_000_000_000)

  private func version4(_ address: UInt32) -> (high: UInt64, low: UInt64) { (0, 0xFFFF_0000_0000 | UInt64(address)) }

  @Test("a source gets a burst, then its rate")
  func rate() {
    var limit = ProbeLimit(seed: 1)
    let admitted = (0..<100).count { _ in limit.admit(self.version4(1), now: self.start) }
    #expect(admitted == ProbeLimit.burst)
    let isOtherAdmitted = limit.admit(self.version4(2), now: self.start)
    #expect(isOtherAdmitted, "another source is not concerned")
    let later = self.start + .seconds(1)
    let admittedLater = (0..<100).count { _ in limit.admit(self.version4(1), now: later) }
    #expect(admittedLater == ProbeLimit.ratePerSecond)
    #expect(limit.admittedCount == ProbeLimit.burst + 1 + ProbeLimit.ratePerSecond)
    #expect(limit.refusedCount == 100 - ProbeLimit.burst + 100 - ProbeLimit.ratePerSecond)
  }

  @Test("all addresses of an IPv6 network are one source")
  func version6() {
    var limit = ProbeLimit(seed: 1)
    let admitted = (0..<100 as Range<UInt64>).count { limit.admit((0x2001_0DB8_0000_0000, $0), now: self.start) }
    #expect(admitted == ProbeLimit.burst)
  }

  @Test("a million sources get no more than the total")
  func total() {
    var limit = ProbeLimit(seed: 1)
    let admitted = (0..<1_000_000 as Range<UInt32>).count { limit.admit(self.version4($0), now: self.start) }
    #expect(admitted == ProbeLimit.totalPerSecond)
    let isAdmittedLater = limit.admit(self.version4(3_000_000), now: self.start + .seconds(1))
    #expect(isAdmittedLater)
  }
}
