internal import MediaUnits

extension LinkConditions {
  /// The presets by name.
  public static let profiles: [(name: String, conditions: LinkConditions)] = [
    ("perfect", .perfect), ("ethernet", .ethernet), ("fibre", .fibre), ("wifi", .wiFi), ("cellular", .cellular),
    ("hostile", .hostile),
  ]

  /// Most outages that a link may have: each costs time for each datagram.
  public static let maximumOutageCount = 64

  /// Changes one condition. Outages beyond ``maximumOutageCount`` are left out.
  public mutating func apply(_ setting: LinkSetting) {
    switch setting {
    case .profile(let conditions):
      let (trace, traceBurst, outages) = (self.trace, self.traceBurst, self.outages)
      self = conditions
      self.trace = trace
      self.traceBurst = traceBurst
      self.outages = outages
    case .delay(let delay): self.delay = delay
    case .jitter(let jitter): self.jitter = jitter
    case .loss(let loss): self.loss = loss
    case .burstLoss(let burst): self.burstLoss = burst
    case .duplication(let chance): self.duplication = chance
    case .reordering(let chance, let delay):
      self.reordering = chance
      self.reorderingDelay = delay
    case .rate(let bitsPerSecond): self.rate = Bitrate(bitsPerSecond: bitsPerSecond)
    case .queue(let duration):
      self.queue = duration
      self.queueByteCount = nil
    case .queueBytes(let byteCount):
      self.queue = Bottleneck.longestTransmission
      self.queueByteCount = byteCount
    case .marking(let wait): self.marking = wait
    case .outage(let outage): if self.outages.count < Self.maximumOutageCount { self.outages.append(outage) }
    }
  }
}
