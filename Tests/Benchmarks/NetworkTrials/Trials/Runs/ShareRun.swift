public import MediaUnits

/// Two flows that share a bottleneck, of which the second comes later.
public struct ShareRun: Hashable, Sendable {
  public enum Second: Hashable, Sendable {
    case picture(PictureSender)
    case cubic
  }

  public var first: PictureSender
  public var second: Second
  public var rate: Bitrate
  public var roundTrip: Duration
  /// In products of rate and round-trip time.
  public var buffer: Double
  public var limits: RateRange
  public var seed: UInt64

  /// How long the first flow has the path for itself, in frames, and how long the two share it.
  static let leadFrames = 300
  public static let duration = Duration.seconds(60)

  public init(
    first: PictureSender,
    second: Second,
    rate: Bitrate = .megabits(30),
    roundTrip: Duration = .milliseconds(20),
    buffer: Double,
    limits: RateRange = RateRange(),
    seed: UInt64 = 1
  ) {
    self.first = first
    self.second = second
    self.rate = rate
    self.roundTrip = roundTrip
    self.buffer = buffer
    self.limits = limits
    self.seed = seed
  }

  public func run() -> ShareOutcome {
    let product = Double(TrialPath.byteCount(of: self.rate, roundTrip: self.roundTrip))
    let path = TrialPath(
      rate: self.rate,
      roundTrip: self.roundTrip,
      queueByteCount: Int(product * self.buffer)
    )
    let first = self.first.flow(index: 0, rate: .megabits(10), limits: self.limits, seed: self.seed)
    let start = EncoderModel.time(of: Self.leadFrames)
    var flows: [any TrialFlow] = [first]
    var pictures = [first]
    switch self.second {
    case .cubic: flows.append(CUBICFlow(index: 1, startsAt: start))
    case .picture(let sender):
      let flow = sender.flow(
        index: 1,
        rate: .megabits(10),
        limits: self.limits,
        start: Self.leadFrames,
        seed: self.seed &+ 77
      )
      flows.append(flow)
      pictures.append(flow)
    }
    var trial = Trial(flows, path: path, seed: self.seed)
    trial.run(until: start)
    let before = trial.deliveredByteCounts.map { $0.reduce(0, +) }
    let end = start + Self.duration
    trial.run(until: end)
    let delivered = zip(trial.deliveredByteCounts, before).map { Double($0.reduce(0, +) - $1) }
    let fair = Double(self.rate.bitsPerSecond) * Self.duration.inSeconds / 8 / 2
    return ShareOutcome(
      shares: delivered.map { $0 / fair },
      pictures: pictures.map { $0.record.summary(from: start, until: end, way: self.roundTrip / 2) }
    )
  }
}

public struct ShareOutcome: Hashable, Sendable {
  /// What each flow got of what would be fair, 1 being just that.
  public var shares: [Double]
  /// Of each flow that sends pictures.
  public var pictures: [PictureSummary]
}
