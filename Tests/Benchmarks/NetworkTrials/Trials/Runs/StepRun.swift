public import MediaUnits
internal import NetworkSimulator

/// One sender alone on a path that loses most of its rate at once.
public struct StepRun: Hashable, Sendable {
  public var sender: PictureSender
  public var before: Bitrate
  public var after: Bitrate
  public var roundTrip: Duration
  public var limits: RateRange
  public var seed: UInt64
  /// From a frame's drawing to the step.
  public var phase: Duration

  /// At these points of a frame's time the step comes, one in each run.
  public static let phases = (0..<4).map { EncoderModel.frameInterval * $0 / 4 }

  /// A whole number of frames.
  private static let runUp = Duration.seconds(15)
  /// After the step.
  static let watched = Duration.seconds(3)

  public init(
    sender: PictureSender,
    from before: Bitrate = .megabits(50),
    to after: Bitrate = .megabits(12),
    roundTrip: Duration = .milliseconds(20),
    limits: RateRange = RateRange(),
    seed: UInt64 = 1,
    phase: Duration = .zero
  ) {
    self.sender = sender
    self.before = before
    self.after = after
    self.roundTrip = roundTrip
    self.limits = limits
    self.seed = seed
    self.phase = phase
  }

  public func run() -> StepOutcome {
    let runUp = Self.runUp + self.phase
    let steps = [
      RateTrace.Step(duration: runUp, rate: self.before),
      RateTrace.Step(duration: Self.watched + .seconds(1), rate: self.after),
    ]
    let path = TrialPath(trace: RateTrace(steps: steps, loops: false), roundTrip: self.roundTrip)
    let flow = self.sender.flow(index: 0, rate: self.after, limits: self.limits, seed: self.seed)
    var trial = Trial([flow], path: path, seed: self.seed)
    let stepAt = Instant.zero + runUp
    trial.run(until: stepAt - .seconds(1))
    let delivered = trial.deliveredByteCounts[0].reduce(0, +)
    trial.run(until: stepAt)
    var outcome = StepOutcome()
    outcome.rateBefore = Double(trial.deliveredByteCounts[0].reduce(0, +) - delivered) * 8
    // One frame's share of the new rate takes a frame's time.
    let frame = EncoderModel.frameInterval
    trial.run(until: stepAt + Self.watched) { now, wait in
      outcome.longestWait = max(outcome.longestWait, wait)
      if wait > frame {
        outcome.lastAbove = now - stepAt + wait - frame
        outcome.hasRisen = true
      } else if outcome.hasRisen, outcome.firstBelow == nil {
        outcome.firstBelow = now - stepAt
      }
    }
    let end = stepAt + Self.watched
    outcome.picture = flow.record.summary(from: stepAt, until: end, way: self.roundTrip / 2)
    return outcome
  }
}

public struct StepOutcome: Hashable, Sendable {
  /// What got through in the second before the step, in bits per second.
  public var rateBefore = 0.0
  public var longestWait = Duration.zero
  /// After the step: when the queue was first back under one frame, and when it was last above it.
  public var firstBelow: Duration?
  public var lastAbove = Duration.zero
  public var picture = PictureSummary()
  var hasRisen = false
}
