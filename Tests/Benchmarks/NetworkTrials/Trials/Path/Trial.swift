internal import MediaUnits
internal import NetworkSimulator

/// Flows that share one path, run in virtual time.
struct Trial {
  private(set) var down: SimulatedLink<TrialPacket>
  private var up: SimulatedLink<TrialPacket>
  private let flows: [any TrialFlow]
  private(set) var now = Instant.zero
  /// Bytes that came out of the path, by flow and role.
  private(set) var deliveredByteCounts: [[Int]]
  /// Bytes that flows gave to the path, by flow and role.
  private(set) var sentByteCounts: [[Int]]

  init(_ flows: [any TrialFlow], path: TrialPath, seed: UInt64) {
    self.flows = flows
    self.down = SimulatedLink(path.conditions(isForward: true), seed: seed)
    self.up = SimulatedLink(path.conditions(isForward: false), seed: seed &* 31 &+ 7)
    let none = [Int](repeating: 0, count: TrialPacket.Role.allCases.count)
    self.deliveredByteCounts = Array(repeating: none, count: flows.count)
    self.sentByteCounts = self.deliveredByteCounts
  }

  /// Runs until `end`.
  ///
  /// - Parameter watch: called at every step, once its datagrams have been sent, with how long the next would wait.
  mutating func run(until end: Instant, watch: ((Instant, Duration) -> Void)? = nil) {
    while self.now < end {
      let now = self.now
      while let packet = self.down.receive(now: now) {
        self.deliveredByteCounts[packet.flow][packet.role.rawValue] += packet.byteCount
        self.flows[packet.flow].receive(packet, now: now)
      }
      while let packet = self.up.receive(now: now) { self.flows[packet.flow].receiveAnswer(packet, now: now) }
      var next = end
      for flow in self.flows {
        flow.advance(now: now) { packet, isForward in
          if isForward {
            self.sentByteCounts[packet.flow][packet.role.rawValue] += packet.byteCount
            self.down.send(packet, byteCount: packet.byteCount, now: now)
          } else {
            self.up.send(packet, byteCount: packet.byteCount, now: now)
          }
        }
        next = min(next, flow.deadline)
      }
      if let watch { watch(now, self.down.queueingDelay(now: now)) }
      if let at = self.down.deadline { next = min(next, at) }
      if let at = self.up.deadline { next = min(next, at) }
      // Time always passes: a flow that is never satisfied slows a run down and cannot hang it.
      self.now = max(next, now + .microseconds(1))
    }
  }

  /// What flow number `index` put on the path, of which `cap` could have been used.
  func traffic(of index: Int, path: TrialPath, cap: Bitrate, record: PictureRecord) -> TrafficSummary {
    var summary = TrafficSummary()
    let delivered = self.deliveredByteCounts[index]
    summary.offered = path.offeredByteCount(until: self.now - .zero, cap: cap)
    summary.delivered = Double(delivered[TrialPacket.Role.media.rawValue] + delivered[TrialPacket.Role.repair.rawValue])
    summary.source = Double(self.sentByteCounts[index][TrialPacket.Role.media.rawValue])
    summary.repair = Double(self.sentByteCounts[index][TrialPacket.Role.repair.rawValue])
    summary.shown = Double(record.shownByteCount)
    return summary
  }
}
