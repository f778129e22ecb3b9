public import MediaUnits

/// One direction of a network path: a bottleneck with a queue, then delay, jitter and loss.
///
/// Sans-IO like everything that it tests: datagrams go in with an instant and come out at or after a later one. All
/// chance comes from the seed, so the same calls always give the same results. Datagrams keep their order, except
/// for those that ``LinkConditions/reordering`` picks.
public struct SimulatedLink<Datagram: Sendable>: Sendable {
  private struct Flight: Sendable {
    var datagram: Datagram
    var arrivesAt: Instant
  }

  /// May be changed at any time; datagrams under way keep the arrival that they were given.
  public var conditions: LinkConditions
  /// Counts since the beginning.
  public private(set) var statistics = LinkStatistics()

  private var random: SplitMix64
  /// Ordered by arrival, from ``head`` on; what is before has been delivered.
  private var flights: [Flight?] = []
  private var head = 0
  private var bottleneckFreeAt = Instant.zero
  private var lastInOrderArrival = Instant.zero
  private var isInBurst = false

  public init(_ conditions: LinkConditions, seed: UInt64) {
    self.conditions = conditions
    self.random = SplitMix64(seed: seed)
  }

  /// When the next datagram comes out; `nil` while the link is empty.
  public var deadline: Instant? {
    self.head < self.flights.count ? self.flights[self.head]?.arrivesAt : nil
  }

  /// Datagrams under way.
  public var inFlightCount: Int {
    self.flights.count - self.head
  }

  /// How long a datagram sent at `now` would wait for the bottleneck.
  public func queueingDelay(now: Instant) -> Duration {
    max(self.bottleneckFreeAt - now, .zero)
  }

  /// Puts a datagram on the link.
  ///
  /// - Parameters:
  ///   - byteCount: what it takes of the bottleneck, headers included.
  ///   - now: not before the instant of the call before.
  public mutating func send(_ datagram: Datagram, byteCount: Int, now: Instant) {
    self.statistics.sent += 1
    self.statistics.sentByteCount += byteCount
    var readyAt = now
    if self.conditions.rate.bitsPerSecond > 0 {
      guard self.queueingDelay(now: now) <= self.conditions.queue else {
        self.statistics.queueDropped += 1
        return
      }
      self.bottleneckFreeAt =
        max(now, self.bottleneckFreeAt) + self.conditions.rate.transmissionTime(ofByteCount: byteCount)
      readyAt = self.bottleneckFreeAt
    }
    guard !self.isLost() else {
      self.statistics.lost += 1
      return
    }
    self.launch(datagram, readyAt: readyAt)
    if self.happens(self.conditions.duplication) {
      self.statistics.duplicated += 1
      self.launch(datagram, readyAt: readyAt)
    }
  }

  /// The next datagram that has arrived by `now`; `nil` if there is none.
  public mutating func receive(now: Instant) -> Datagram? {
    guard let arrivesAt = self.deadline, arrivesAt <= now, let flight = self.flights[self.head] else { return nil }
    self.flights[self.head] = nil
    self.head += 1
    if self.head * 2 > self.flights.count {
      self.flights.removeFirst(self.head)
      self.head = 0
    }
    self.statistics.delivered += 1
    return flight.datagram
  }

  private mutating func launch(_ datagram: Datagram, readyAt: Instant) {
    let jitter = self.conditions.jitter * Double.random(in: 0...1, using: &self.random)
    var arrivesAt = max(readyAt + self.conditions.delay + jitter, self.lastInOrderArrival)
    if self.happens(self.conditions.reordering) {
      self.statistics.reordered += 1
      arrivesAt += self.conditions.reorderingDelay
    } else {
      self.lastInOrderArrival = arrivesAt
    }
    // Nearly always the last; ties keep the order of sending.
    var index = self.flights.endIndex
    while index > self.head, let before = self.flights[index - 1], before.arrivesAt > arrivesAt { index -= 1 }
    self.flights.insert(Flight(datagram: datagram, arrivesAt: arrivesAt), at: index)
  }

  private mutating func isLost() -> Bool {
    if let burst = self.conditions.burstLoss {
      if self.happens(self.isInBurst ? burst.leave : burst.enter) { self.isInBurst.toggle() }
      if self.isInBurst, self.happens(burst.lossWhileBad) { return true }
    }
    return self.happens(self.conditions.loss)
  }

  /// True with the given chance. Draws only where the outcome is open, so that an absent impairment costs no chance.
  private mutating func happens(_ chance: Double) -> Bool {
    guard chance > 0 else { return false }
    return Double.random(in: 0..<1, using: &self.random) < chance
  }
}
