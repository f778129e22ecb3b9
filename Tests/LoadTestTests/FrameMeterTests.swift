import LoadTest
import MediaUnits
import RTP
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
      codec: .h264,
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

  /// Frames of one player, recorded in order.
  private struct Watching {
    var meter = FrameMeter(start: Instant(nanoseconds: 1_000_000_000), duration: .seconds(60))
    var track = ViewMeter.Track()

    mutating func record(_ frame: ReceivedFrame) { self.meter.record(frame, of: &self.track) }
  }

  @Test("a stall counts with every frame that was due in it, not with the one that ended it")
  func coordinatedOmission() throws {
    var player = Watching()
    for index in 0..<300 { player.record(self.frame(Int64(index), age: .milliseconds(10))) }
    // Half a second without a frame: 30 of them never come.
    for index in 330..<600 { player.record(self.frame(Int64(index), age: .milliseconds(10))) }
    let view = player.meter.view
    #expect(view.count == 570)
    #expect(view.missingCount == 30)
    #expect(view.age.count == 600)
    // Those that had been due more than 100 ms and 200 ms before the next one was whole.
    #expect(view.lateCount == 25)
    #expect(view.stallCount == 19)
    #expect(view.freezeCount == 1)
    let p99 = try #require(view.age.percentile(99))
    #expect(p99 > 400_000_000, "30 of 600 waited up to half a second, so one in a hundred did for long")
    // The seconds between the 300th frame and the 331st share the freeze.
    let frozen = player.meter.series.samples.map(\.frozenNanoseconds)
    #expect(frozen.reduce(0, +) == view.freezeNanoseconds)
    #expect(frozen[5] > 400_000_000)
    #expect(player.meter.series.samples.map(\.missing).reduce(0, +) == 30)
  }

  @Test("a steady stream has no freeze, nothing late and nothing missing")
  func steady() throws {
    var player = Watching()
    for index in 0..<600 { player.record(self.frame(Int64(index), age: .milliseconds(12))) }
    let view = player.meter.view
    #expect(view.lateCount == 0 && view.missingCount == 0 && view.freezeCount == 0)
    let p50 = try #require(view.age.percentile(50))
    #expect(abs(p50 - 12_000_000) < 120_000)
    #expect(player.meter.capture.maximumNanoseconds == 1_000_000)
    #expect(player.meter.convert.maximumNanoseconds == 1_000_000)
    #expect(player.meter.encode.maximumNanoseconds == 4_000_000)
    #expect(player.meter.send.maximumNanoseconds == 0)
    #expect(player.meter.network.maximumNanoseconds == 5_000_000)
    #expect(player.meter.assemble.maximumNanoseconds == 1_000_000)
    let samples = player.meter.series.samples
    #expect(samples.map(\.frames).reduce(0, +) == 600 && samples.allSatisfy { $0.players == 1 })
    #expect(samples.dropFirst().dropLast().allSatisfy { 59...61 ~= $0.frames })
  }

  @Test("counts what the host left out on purpose, and does not take it for missing")
  func skipped() {
    var player = Watching()
    player.record(self.frame(0, age: .milliseconds(10)))
    var frame = self.frame(1, age: .milliseconds(10))
    frame.skipped = SkippedPictures(count: 3, reason: .path)
    player.record(frame)
    player.record(self.frame(2, age: .milliseconds(10)))
    #expect(player.meter.skippedCount == 3 && player.meter.view.missingCount == 0)
  }

  @Test("a freeze that the run's end cuts off counts as far as it came")
  func openGap() {
    var player = Watching()
    for index in 0..<120 { player.record(self.frame(Int64(index), age: .milliseconds(10))) }
    var calm = player
    let last = Instant(nanoseconds: 1_000_000_000 + 119 * 16_666_667) + .milliseconds(10)
    calm.meter.finish(&calm.track, at: last + .milliseconds(30))
    #expect(calm.meter.view.freezeCount == 0 && calm.meter.view.gap.count == 119)
    player.meter.finish(&player.track, at: last + .seconds(3))
    #expect(player.meter.view.freezeCount == 1)
    #expect(player.meter.view.freezeNanoseconds == 3_000_000_000)
    #expect(player.meter.view.watchedNanoseconds > 4_900_000_000)
    // Nothing is left to count twice.
    player.meter.finish(&player.track, at: last + .seconds(9))
    #expect(player.meter.view.freezeCount == 1)
  }

  @Test("a host that counts anew after a silence has lost no frames by it")
  func resumption() {
    var player = Watching()
    for index in 0..<20 { player.record(self.frame(Int64(index), age: .milliseconds(10))) }
    player.track.restart()
    var frame = self.frame(120, age: .milliseconds(10))
    frame.index = 503
    player.record(frame)
    #expect(player.meter.view.missingCount == 0 && player.meter.view.freezeCount == 1)
    frame = self.frame(121, age: .milliseconds(10))
    frame.index = 505
    player.record(frame)
    #expect(player.meter.view.missingCount == 1)
  }

  @Test("a frame that was whole before the one that it follows is seen after it")
  func order() {
    var player = Watching()
    for index in 0..<59 { player.record(self.frame(Int64(index), age: .milliseconds(10))) }
    // The last of this second is repaired in the next one; three behind it have been whole for long.
    player.record(self.frame(59, age: .milliseconds(80)))
    for index in 60..<63 { player.record(self.frame(Int64(index), age: .milliseconds(10))) }
    #expect(player.meter.view.age.maximumNanoseconds == 80_000_000)
    // Frame 62 was captured 50 ms after frame 59, and could be shown with it.
    let p95 = player.meter.view.age.percentile(95) ?? 0
    #expect(abs(p95 - 30_000_000) < 300_000, "\(p95)")
    #expect(player.meter.assemble.maximumNanoseconds == 80_000_000 - 16_666_667 - 9_000_000)
    #expect(player.meter.view.gap.minimumNanoseconds == 0)
    #expect(player.meter.series.samples.map(\.players) == [1, 1])
  }

  @Test("two meters' figures add up to those of all frames")
  func merging() {
    var (first, second) = (ViewMeter(), ViewMeter())
    var (one, other) = (ViewMeter.Track(), ViewMeter.Track())
    for index in 0..<200 {
      let captured = Instant(nanoseconds: Int64(index) * 16_666_667)
      first.record(index: Int64(index), capturedAt: captured, seenAt: captured + .milliseconds(9), of: &one)
      second.record(index: Int64(index), capturedAt: captured, seenAt: captured + .milliseconds(150), of: &other)
    }
    first.merge(second)
    #expect(first.count == 400)
    #expect(first.lateCount == 200)
    #expect(first.age.count == 400)
    #expect(first.age.maximumNanoseconds == 150_000_000)
    #expect(first.age.minimumNanoseconds == 9_000_000)
  }
}
