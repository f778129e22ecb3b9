public import MediaUnits

/// One sender alone on one path.
public struct TraceRun: Sendable {
  public var sender: PictureSender
  public var path: TrialPath
  public var duration: Duration
  /// Of the pictures of a sender that does not find its own.
  public var rate: Bitrate
  public var limits: RateRange
  public var seed: UInt64

  public init(
    sender: PictureSender,
    path: TrialPath,
    duration: Duration,
    rate: Bitrate = .megabits(10),
    limits: RateRange = RateRange(),
    seed: UInt64
  ) {
    self.sender = sender
    self.path = path
    self.duration = duration
    self.rate = rate
    self.limits = limits
    self.seed = seed
  }

  /// - Complexity: some hundred thousand datagrams a second of the processor's time.
  public func run() -> TraceOutcome {
    let flow = self.sender.flow(index: 0, rate: self.rate, limits: self.limits, seed: self.seed)
    var trial = Trial([flow], path: self.path, seed: self.seed)
    let end = Instant.zero + self.duration
    trial.run(until: end)
    return TraceOutcome(
      picture: flow.record.summary(until: end, way: self.path.roundTrip / 2),
      traffic: trial.traffic(of: 0, path: self.path, cap: self.limits.cap, record: flow.record)
    )
  }
}

/// What came of one or more runs.
public struct TraceOutcome: Hashable, Sendable {
  public var picture: PictureSummary
  public var traffic: TrafficSummary

  public init(picture: PictureSummary = PictureSummary(), traffic: TrafficSummary = TrafficSummary()) {
    self.picture = picture
    self.traffic = traffic
  }

  public mutating func add(_ other: TraceOutcome) {
    self.picture.add(other.picture)
    self.traffic.add(other.traffic)
  }
}
