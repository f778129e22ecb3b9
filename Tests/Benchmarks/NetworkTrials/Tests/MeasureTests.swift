import MediaUnits
import NetworkSimulator
import Testing

@testable import NetworkTrials

@Suite("What the trials measure")
struct MeasureTests {
  private static let way = Duration.milliseconds(10)

  @Test("the picture's age grows until a newer frame can be shown")
  func age() {
    var record = PictureRecord()
    // Ten frames a second, each shown 20 ms later, but for one that is skipped, one that is lost and one that is late.
    for number in 0..<100 {
      let at = Instant.zero + .milliseconds(100 * number)
      if number == 50 {
        record.skip(now: at)
        continue
      }
      let frame = record.capture(now: at)
      if number != 70 { record.show(frame, byteCount: 1000, now: at + .milliseconds(number == 90 ? 130 : 20)) }
    }
    let summary = record.summary(until: .zero + .seconds(10), way: Self.way)
    // Between 20 and 120 ms, and up to 220 three times.
    #expect((69...72).contains(summary.ages.milliseconds(at: 0.5)))
    #expect((200...220.5).contains(summary.ages.milliseconds(at: 0.999)))
    #expect(summary.delays.milliseconds(at: 0.5) == 20.5)
    // The last frame is too young to say anything of.
    #expect((summary.dueCount, summary.madeCount) == (99, 98))
    #expect((summary.skippedCount, summary.missingCount, summary.lateCount) == (1, 1, 1))
    #expect((summary.brokenCount, summary.brokenBeyondWayCount) == (2, 2))
    #expect(abs(summary.unusable - 300.0 / 99) < 1e-9)
    #expect(record.shownByteCount == 98_000)
  }

  @Test("a frame is broken after 50 ms, and more patiently after its way besides", arguments: [50, 51, 60, 61])
  func deadline(milliseconds: Int) {
    var record = PictureRecord()
    record.show(record.capture(now: .zero), byteCount: 1, now: .zero + .milliseconds(milliseconds))
    let summary = record.summary(until: .zero + .seconds(1), way: Self.way)
    #expect(summary.brokenCount == (milliseconds > 50 ? 1 : 0))
    #expect(summary.brokenBeyondWayCount == (milliseconds > 60 ? 1 : 0))
  }

  @Test("a later start leaves out what was before it")
  func laterStart() {
    var record = PictureRecord()
    for number in 0..<20 {
      let at = Instant.zero + .milliseconds(100 * number)
      let frame = record.capture(now: at)
      if number >= 10 { record.show(frame, byteCount: 1, now: at + .milliseconds(20)) }
    }
    let summary = record.summary(from: .zero + .seconds(1), until: .zero + .seconds(2), way: Self.way)
    #expect((summary.madeCount, summary.missingCount) == (9, 0))
    #expect(summary.ages.milliseconds(at: 1) <= 120.5)
  }

  @Test("the encoder stays below its budget most of the time, and uses it up for key frames")
  func encoder() {
    var encoder = EncoderModel(seed: 3)
    let sizes = (0..<10_000).map { _ in encoder.byteCount(budget: 20_000, isKeyframe: false) }
    #expect((0.92...0.94).contains(Double(sizes.reduce(0, +)) / 10_000 / 20_000))
    #expect(sizes.max()! <= 20_800)
    #expect((0.05...0.2).contains(Double(sizes.count { $0 > 20_000 }) / 10_000))
    #expect(encoder.byteCount(budget: 20_000, isKeyframe: true) == 20_000)
  }

  @Test("what a path offered follows its trace, as far as a sender may use it")
  func offered() {
    let steps = [
      RateTrace.Step(duration: .milliseconds(500), rate: .megabits(100)),
      RateTrace.Step(duration: .milliseconds(500), rate: .megabits(8)),
    ]
    let path = TrialPath(trace: RateTrace(steps: steps, loops: false), roundTrip: .milliseconds(20))
    #expect(path.offeredByteCount(until: .milliseconds(500), cap: .megabits(50)) == 3_125_000)
    #expect(path.offeredByteCount(until: .milliseconds(750), cap: .megabits(50)) == 3_375_000)
    #expect(path.offeredByteCount(until: .seconds(5), cap: .megabits(50)) == 3_625_000)
  }

  @Test("the same seed gives the same figures, another one others", arguments: PictureSender.allCases)
  func determinism(sender: PictureSender) {
    let steps = (0..<200).map { row in
      RateTrace.Step(
        duration: .milliseconds(15),
        rate: .megabits([20, 8, 4, 12][row / 20 % 4]),
        loss: row % 30 == 0 ? 0.3 : 0
      )
    }
    let path = TrialPath(trace: RateTrace(steps: steps, loops: false), roundTrip: .milliseconds(18))
    func run(_ seed: UInt64) -> TraceOutcome {
      TraceRun(sender: sender, path: path, duration: .seconds(3), rate: .megabits(5), seed: seed).run()
    }
    let outcome = run(1)
    #expect(outcome == run(1))
    #expect(outcome != run(2))
    #expect(outcome.traffic.delivered > 0)
    #expect(outcome.picture.dueCount > 150)
  }

  @Test("a fixed rate below the path's has every frame there in time; one above it does not", arguments: [5.0, 15])
  func fixed(megabits: Double) {
    let path = TrialPath(rate: .megabits(10), roundTrip: .milliseconds(20), queueByteCount: 300_000)
    for sender in [PictureSender.fixed, .reedSolomon] {
      let run = TraceRun(sender: sender, path: path, duration: .seconds(5), rate: .megabits(megabits), seed: 1)
      let outcome = run.run()
      #expect(megabits < 10 ? outcome.picture.unusable == 0 : outcome.picture.unusable > 50, "\(sender)")
      #expect(outcome.traffic.extra < 25 || megabits > 10)
    }
  }
}
