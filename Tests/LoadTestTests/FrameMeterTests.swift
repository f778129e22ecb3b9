import LoadTest
import MediaUnits
import SessionReport
import Testing

@testable import Transport

@Suite("What a load test counts of frames")
struct FrameMeterTests {
  /// Captured 60 times a second, complete `age` later.
  private func frame(_ index: Int64, age: Duration) -> ReceivedFrame {
    let captured = Instant(nanoseconds: 1_000_000_000 + index * 16_666_667)
    return ReceivedFrame(
      index: index,
      isKeyframe: index == 0,
      mediaTime: captured.nanoseconds,
      host: ReceivedFrame.HostInstants(
        damagedAt: captured,
        capturedAt: captured + .milliseconds(1),
        convertedAt: captured + .milliseconds(2),
        encodedAt: captured + .milliseconds(6),
        sentAt: captured + .milliseconds(6)
      ),
      inputSequence: 0,
      firstReceivedAt: captured + age - .milliseconds(1),
      completedAt: captured + age,
      packetCount: 10,
      byteCount: 10_000,
      repairedPacketCount: 0
    )
  }

  @Test("a stall counts with every frame that was due in it, not with the one that ended it")
  func coordinatedOmission() throws {
    var meter = FrameMeter()
    for index in 0..<300 { meter.record(self.frame(Int64(index), age: .milliseconds(10))) }
    // Half a second without a frame: 30 of them never come.
    for index in 330..<600 { meter.record(self.frame(Int64(index), age: .milliseconds(10))) }
    #expect(meter.frameCount == 570)
    #expect(meter.missingCount == 30)
    #expect(meter.captureToComplete.count == 600)
    // Those that had been due more than 100 ms and 200 ms before the next one was whole.
    #expect(meter.lateCount == 25)
    #expect(meter.stallCount == 19)
    #expect(meter.freezeCount == 1)
    let p99 = try #require(meter.captureToComplete.percentile(99))
    #expect(p99 > 400_000_000, "30 of 600 waited up to half a second, so one in a hundred did for long")
  }

  @Test("a steady stream has no freeze, nothing late and nothing missing")
  func steady() throws {
    var meter = FrameMeter()
    for index in 0..<600 { meter.record(self.frame(Int64(index), age: .milliseconds(12))) }
    #expect(meter.lateCount == 0 && meter.missingCount == 0 && meter.freezeCount == 0)
    let p50 = try #require(meter.captureToComplete.percentile(50))
    #expect(abs(p50 - 12_000_000) < 120_000)
  }

  @Test("two players' figures add up to those of all frames")
  func merging() {
    var (first, second, all) = (FrameMeter(), FrameMeter(), FrameMeter())
    for index in 0..<200 {
      let (one, other) = (
        self.frame(Int64(index), age: .milliseconds(9)), self.frame(Int64(index), age: .milliseconds(150))
      )
      first.record(one)
      second.record(other)
    }
    for index in 0..<200 { all.record(self.frame(Int64(index), age: .milliseconds(9))) }
    first.merge(second)
    #expect(first.frameCount == 2 * all.frameCount)
    #expect(first.lateCount == 200)
    #expect(first.captureToComplete.count == 400)
    #expect(first.captureToComplete.maximumNanoseconds == 150_000_000)
    #expect(first.captureToComplete.minimumNanoseconds == 9_000_000)
  }
}
