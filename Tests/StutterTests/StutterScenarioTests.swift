import MediaUnits
import NetworkSimulator
import RTP
import SessionReport
import Testing
import Transport

/// Each cause, brought about in a whole session, is the one that the player is told.
@Suite("Why it stuttered")
struct StutterScenarioTests {
  private static let path = LinkConditions(delay: .milliseconds(10), jitter: .milliseconds(1), rate: .megabits(40))
  private static let seeds: [UInt64] = [1, 2, 3, 4]

  /// Whether `time` is within so many milliseconds from the sixth second on.
  private static func isWithin(_ time: Duration, _ milliseconds: Int) -> Bool {
    time >= .seconds(6) && time < .seconds(6) + .milliseconds(milliseconds)
  }

  /// Whether the frame is the one drawn at the sixth second; the player's clock is a fraction of a millisecond off.
  private static func isTheOne(_ time: Duration) -> Bool {
    time >= .milliseconds(5992) && time < .milliseconds(6008)
  }

  private static func stutter(
    seed: UInt64,
    seconds: Int = 9,
    conditions: @escaping (Duration) -> LinkConditions = { _ in StutterScenarioTests.path },
    steps: @escaping (Duration) -> StutterSimulation.Steps = { _ in StutterSimulation.Steps() }
  ) -> StutterAnalysis {
    var simulation = StutterSimulation(seed: seed, conditions: conditions, steps: steps)
    simulation.run(for: .seconds(seconds))
    return simulation.stutter
  }

  /// Expects one freeze, about `milliseconds` long and six seconds from the start, of this cause.
  private static func expect(_ cause: Freeze.Cause, _ stutter: StutterAnalysis, _ milliseconds: ClosedRange<Int64>) {
    #expect(stutter.freezeCount == 1, "\(stutter.freezes.map(\.cause)) \(stutter.freezes.map(\.evidence))")
    guard let freeze = stutter.freezes.first else { return }
    #expect(freeze.cause == cause, "\(freeze.evidence)")
    #expect(milliseconds.contains(freeze.nanoseconds / 1_000_000), "\(freeze.nanoseconds / 1_000_000) ms")
    #expect((5_900_000_000...6_400_000_000).contains(freeze.startNanoseconds), "\(freeze.startNanoseconds)")
  }

  @Test("nothing freezes on a good path, with what Wi-Fi and mobile networks do every day", arguments: Self.seeds)
  func smooth(seed: UInt64) {
    for conditions in [Self.path, .fibre, .wiFi] {
      let stutter = Self.stutter(seed: seed, conditions: { _ in conditions })
      #expect(stutter.freezes.isEmpty, "\(stutter.freezes)")
    }
  }

  /// A step of one frame that takes too long, and what the player is told then.
  struct SlowStep: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var step: @Sendable (inout StutterSimulation.Steps) -> Void
    var cause: Freeze.Cause
    var milliseconds: ClosedRange<Int64>
  }

  private static let slowSteps = [
    SlowStep(
      testDescription: "a picture that was read late",
      step: { $0.capture = .milliseconds(300) },
      cause: .captureLate,
      milliseconds: 290...330
    ),
    SlowStep(
      testDescription: "an encoder over its budget",
      step: { $0.encode = .milliseconds(350) },
      cause: .encoderOverBudget,
      milliseconds: 340...380
    ),
    SlowStep(
      testDescription: "a host whose network thread was not scheduled",
      step: { $0.send = .milliseconds(300) },
      cause: .sendLate,
      milliseconds: 290...330
    ),
    SlowStep(
      testDescription: "a slow decoder",
      step: { $0.decode = .milliseconds(400) },
      cause: .decoderSlow,
      milliseconds: 390...430
    ),
    SlowStep(
      testDescription: "a picture that was shown late",
      step: { $0.present = .milliseconds(300) },
      cause: .presentationLate,
      milliseconds: 290...330
    ),
  ]

  @Test("one step of one frame that takes too long", arguments: Self.slowSteps, Self.seeds)
  func slowStep(slow: SlowStep, seed: UInt64) {
    let stutter = Self.stutter(
      seed: seed,
      steps: { time in
        var steps = StutterSimulation.Steps()
        if Self.isTheOne(time) { slow.step(&steps) }
        return steps
      }
    )
    Self.expect(slow.cause, stutter, slow.milliseconds)
  }

  @Test("a bottleneck whose queue grows from frame to frame", arguments: Self.seeds)
  func queue(seed: UInt64) {
    let stutter = Self.stutter(
      seed: seed,
      conditions: { time in
        var conditions = Self.path
        conditions.queue = .seconds(3)
        // 8 kB take 13 ms at first, then 21, and then one frame takes 300 ms.
        if Self.isWithin(time, 900) { conditions.rate = .megabits(3) }
        if time >= .milliseconds(6900), time < .milliseconds(7100) { conditions.rate = .kilobits(250) }
        return conditions
      }
    )
    #expect(!stutter.freezes.isEmpty)
    for freeze in stutter.freezes { #expect(freeze.cause == .queue, "\(freeze.evidence)") }
  }

  @Test("losses in a burst, which are repaired late", arguments: Self.seeds)
  func burstLoss(seed: UInt64) {
    let stutter = Self.stutter(
      seed: seed,
      conditions: { time in
        var conditions = Self.path
        conditions.delay = .milliseconds(40)
        if Self.isWithin(time, 250) { conditions.loss = 0.8 }
        return conditions
      }
    )
    #expect(!stutter.freezes.isEmpty)
    for freeze in stutter.freezes {
      #expect([.burstLoss, .keyframeWait].contains(freeze.cause), "\(freeze.cause) \(freeze.evidence)")
    }
  }

  @Test("a path that stops for a while, whether its queue keeps what is sent or not", arguments: Self.seeds)
  func outage(seed: UInt64) {
    for queue in [Duration.seconds(2), .milliseconds(50)] {
      let stutter = Self.stutter(
        seed: seed,
        conditions: { _ in
          var conditions = Self.path
          conditions.queue = queue
          conditions.outages = [Outage(at: .seconds(6), lasting: .milliseconds(600))]
          return conditions
        }
      )
      Self.expect(.pathOutage, stutter, 580...900)
    }
  }

  @Test(
    "pictures that the host left out on purpose, told apart from those that it missed",
    arguments: [
      (SkippedPictures.Reason.path, Freeze.Cause.skippedForPath), (.encoder, .skippedForEncoder),
      (.decoder, .skippedForDecoder), (nil, .hostStill),
    ] as [(SkippedPictures.Reason?, Freeze.Cause)]
  )
  func skipped(reason: SkippedPictures.Reason?, cause: Freeze.Cause) {
    let stutter = Self.stutter(
      seed: 9,
      steps: { time in
        var steps = StutterSimulation.Steps()
        if Self.isWithin(time, 300) {
          steps.skip = reason
          steps.isMissed = reason == nil
        }
        return steps
      }
    )
    Self.expect(cause, stutter, 300...330)
    if reason != nil { #expect(stutter.freezes.first?.evidence.hasPrefix("18 pictures left out") ?? false) }
  }

  @Test("a terminal holds each line of the summary, and all of what it says of a freeze")
  func text() {
    var simulation = StutterSimulation(
      seed: 3,
      conditions: { _ in
        var conditions = Self.path
        conditions.queue = .milliseconds(50)
        conditions.outages = [Outage(at: .seconds(3), lasting: .milliseconds(700), every: .seconds(3))]
        return conditions
      }
    )
    simulation.run(for: .seconds(12))
    let summary = simulation.recorder.summary
    #expect(summary.stutter.freezes.contains { $0.evidence.count > 60 })
    let lines = summary.text.split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines { #expect(line.count <= 78, "\(line)") }
    let words = summary.text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    for freeze in summary.stutter.freezes { #expect(words.contains(freeze.evidence), "\(freeze.evidence)") }
  }
}
