import MediaUnits
import NetworkSimulator
import Testing

@testable import NetworkTrials

@Suite("Martlet in the trials")
struct MartletFlowTests {
  private func run(_ steps: [RateTrace.Step], seconds: Int, seed: UInt64 = 1) -> TraceOutcome {
    let path = TrialPath(trace: RateTrace(steps: steps, loops: true), roundTrip: .milliseconds(18))
    return TraceRun(sender: .martlet, path: path, duration: .seconds(seconds), seed: seed).run()
  }

  @Test("a path that stays is used, and its picture stays young", arguments: [4.0, 12, 40])
  func steady(megabits: Double) {
    let outcome = self.run([RateTrace.Step(duration: .seconds(1), rate: .megabits(megabits))], seconds: 10)
    #expect(outcome.traffic.use > 70)
    #expect(outcome.picture.ages.milliseconds(at: 0.99) < 70)
    #expect(outcome.picture.unusable < 1)
  }

  @Test("frames are skipped and counted where the path stops, and nothing else is missing")
  func stops() {
    let steps = [
      RateTrace.Step(duration: .milliseconds(1800), rate: .megabits(12)),
      RateTrace.Step(duration: .milliseconds(200), rate: .megabits(0)),
    ]
    let outcome = self.run(steps, seconds: 10)
    #expect((3...15).contains(outcome.picture.skipped))
    #expect(outcome.picture.missing < 2)
    #expect((200...320).contains(outcome.picture.ages.milliseconds(at: 0.999)))
    // Ten seconds but the last tenth.
    #expect((593...594).contains(outcome.picture.dueCount))
  }

  @Test("beside TCP that never lets the queue empty, each has its share", arguments: [2, 4])
  func besideCUBIC(buffer: Double) {
    let outcome = ShareRun(first: .martlet, second: .cubic, buffer: buffer).run()
    #expect(outcome.shares.min()! >= 0.25, "\(outcome.shares)")
  }

  @Test("goes on after a second in which most is lost")
  func goesOn() {
    let steps = [
      RateTrace.Step(duration: .seconds(2), rate: .megabits(12)),
      RateTrace.Step(duration: .seconds(1), rate: .megabits(8), loss: 0.85),
    ]
    let outcome = self.run(steps, seconds: 12, seed: 3)
    // A third of the time nothing can be shown.
    #expect(outcome.picture.unusable < 45, "\(outcome.picture.unusable)")
  }
}
