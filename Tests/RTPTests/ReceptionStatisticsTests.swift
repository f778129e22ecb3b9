import MediaUnits
import RTP
import Testing

@Suite("Reception statistics")
struct ReceptionStatisticsTests {
  private var statistics = ReceptionStatistics()

  /// Receives packet `number`, timed at a millisecond each, after `delay`.
  private mutating func receive(_ number: UInt16, delay: Duration = .zero) {
    self.statistics.received(
      sequence: SequenceNumber(rawValue: number),
      timestamp: RTPTimestamp(rawValue: UInt32(number) * 90),
      arrival: .zero + .milliseconds(Int(number)) + delay,
      clockRate: .video
    )
  }

  private mutating func block(lastSR: UInt32 = 0, delay: Duration = .zero) -> ReportBlock {
    self.statistics.reportBlock(ssrc: SSRC(rawValue: 7), lastSR: lastSR, delay: delay)
  }

  @Test("count nothing before the first packet")
  mutating func empty() {
    let block = self.block()
    #expect(block.fractionLost == 0 && block.cumulativeLost == 0 && block.highestSequence == 0 && block.jitter == 0)
  }

  @Test("give the fraction lost of each interval and the sum of all")
  mutating func loss() {
    for number in 0..<100 as Range<UInt16> where number % 4 != 1 { self.receive(number) }
    let first = self.block()
    #expect(first.fractionLost == 64)
    #expect(first.cumulativeLost == 25)
    #expect(first.highestSequence == 99)
    for number in 100..<200 as Range<UInt16> { self.receive(number) }
    let second = self.block()
    #expect(second.fractionLost == 0)
    #expect(second.cumulativeLost == 25)
    let idle = self.block()
    #expect(idle.fractionLost == 0 && idle.highestSequence == 199)
  }

  @Test("count wraps in the upper half of the highest sequence number")
  mutating func wraps() {
    for number in [65533, 65534, 65535, 0, 1, 65532, 2] as [UInt16] { self.receive(number) }
    #expect(self.block().highestSequence == 0x0001_0002)
    #expect(self.statistics.receivedCount == 7)
  }

  @Test("let duplicates count against losses, down to a negative sum")
  mutating func duplicates() {
    for number in [1, 2, 2, 3, 3] as [UInt16] { self.receive(number) }
    let block = self.block()
    #expect(block.cumulativeLost == -2 && block.fractionLost == 0)
  }

  @Test("ignore one packet from nowhere, and restart after two in sequence")
  mutating func restarts() {
    for number in 0..<10 as Range<UInt16> { self.receive(number) }
    self.receive(30_000)
    #expect(self.statistics.expectedCount == 10 && self.statistics.receivedCount == 10)
    self.receive(30_001)
    #expect(self.statistics.expectedCount == 1 && self.statistics.receivedCount == 1)
    #expect(self.block().cumulativeLost == 0)
  }

  @Test("smooth the jitter by a sixteenth")
  mutating func jitter() {
    self.receive(0)
    self.receive(1, delay: .milliseconds(16))
    // A change of transit of 16 ms is 1440 ticks, of which a sixteenth counts.
    #expect(self.block().jitter == 90)
    self.receive(2, delay: .milliseconds(16))
    #expect(self.block().jitter == 84)
    for number in 3..<400 as Range<UInt16> { self.receive(number, delay: .milliseconds(16)) }
    #expect(self.block().jitter == 0)
  }

  @Test("settle at the mean change of transit")
  mutating func settledJitter() {
    for number in 0..<2000 as Range<UInt16> { self.receive(number, delay: number % 2 == 0 ? .zero : .milliseconds(1)) }
    #expect(abs(Int(self.block().jitter) - 90) <= 1)
  }

  @Test("tell how long ago the last sender report came")
  mutating func delay() {
    self.receive(1)
    let block = self.block(lastSR: 0xB2C3_D4E5, delay: .milliseconds(500))
    #expect(block.lastSR == 0xB2C3_D4E5 && block.delaySinceLastSR == 32_768)
    #expect(self.block(delay: .seconds(100_000)).delaySinceLastSR == .max)
  }
}
