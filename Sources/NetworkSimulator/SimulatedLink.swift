public import MediaUnits

/// One direction of a network path: a bottleneck with a queue, then delay, jitter and loss.
///
/// Sans-IO like everything that it tests: datagrams go in with an instant and come out at or after a later one. All
/// chance comes from the seed, so the same calls always give the same results. Datagrams keep their order, except
/// for those that ``LinkConditions/reordering`` picks.
public struct SimulatedLink<Datagram: Sendable>: Sendable {
  /// A datagram that has come out.
  public struct Arrival: Sendable {
    public var datagram: Datagram
    /// When it came out.
    public var at: Instant
    /// Whether it waited longer than ``LinkConditions/marking``.
    public var isMarked: Bool
    /// What the link was told that it takes.
    public var byteCount: Int
  }

  /// May be changed at any time; datagrams under way keep the arrival that they were given.
  public var conditions: LinkConditions
  /// Counts since the beginning.
  public private(set) var statistics = LinkStatistics()

  private var random: SplitMix64
  /// Ordered by arrival, from ``head`` on; what is before has been delivered.
  private var flights: [Arrival?] = []
  private var head = 0
  private var bottleneck = Bottleneck()
  private let start: Instant
  private var lastInOrderArrival = Instant.zero
  private var isInBurst = false
  private var tracedLoss = TracedLoss()

  /// - Parameter start: where the times of traces and outages count from.
  public init(_ conditions: LinkConditions, seed: UInt64, start: Instant = .zero) {
    self.conditions = conditions
    self.start = start
    self.random = SplitMix64(seed: seed)
  }

  /// When the next datagram comes out; `nil` while the link is empty.
  public var deadline: Instant? {
    self.head < self.flights.count ? self.flights[self.head]?.at : nil
  }

  /// Datagrams under way.
  public var inFlightCount: Int {
    self.flights.count - self.head
  }

  /// How long a datagram sent at `now` would wait for the bottleneck.
  public func queueingDelay(now: Instant) -> Duration {
    max(self.bottleneck.freeAt - now, .zero)
  }

  /// Puts a datagram on the link.
  ///
  /// - Parameters:
  ///   - byteCount: what it takes of the bottleneck, headers included.
  ///   - now: not before the instant of the call before.
  public mutating func send(_ datagram: Datagram, byteCount: Int, now: Instant) {
    self.statistics.sent += 1
    self.statistics.sentByteCount += byteCount
    let passage = self.bottleneck.enter(
      byteCount: byteCount,
      now: now,
      conditions: self.conditions,
      linkStart: self.start
    )
    guard let passage else {
      self.statistics.queueDropped += 1
      return
    }
    let wait = passage.startsAt - now
    if wait > self.statistics.longestWait { self.statistics.longestWait = wait }
    let position = self.conditions.trace?.position(at: passage.endsAt - self.start)
    let step = position?.step
    guard !self.isLost(tracedLoss: step?.loss ?? 0, until: passage.endsAt + (position?.remaining ?? .zero)) else {
      self.statistics.lost += 1
      return
    }
    let isMarked = self.conditions.marking.map { wait > $0 } ?? false
    if isMarked { self.statistics.marked += 1 }
    let flight = Arrival(
      datagram: datagram,
      at: passage.endsAt + (step?.delay ?? .zero),
      isMarked: isMarked,
      byteCount: byteCount
    )
    self.launch(flight)
    if self.happens(self.conditions.duplication) {
      self.statistics.duplicated += 1
      self.launch(flight)
    }
  }

  /// The next datagram that has arrived by `now`; `nil` if there is none.
  public mutating func receive(now: Instant) -> Datagram? {
    self.receiveArrival(now: now)?.datagram
  }

  /// As ``receive(now:)``, with what the link did to the datagram.
  public mutating func receiveArrival(now: Instant) -> Arrival? {
    guard let arrivesAt = self.deadline, arrivesAt <= now, let arrival = self.flights[self.head] else { return nil }
    self.flights[self.head] = nil
    self.head += 1
    if self.head * 2 > self.flights.count {
      self.flights.removeFirst(self.head)
      self.head = 0
    }
    self.statistics.delivered += 1
    self.statistics.deliveredByteCount += arrival.byteCount
    return arrival
  }

  /// Puts a datagram on its way that is through the bottleneck at ``Arrival/at``.
  private mutating func launch(_ flight: Arrival) {
    var flight = flight
    let jitter = self.conditions.jitter * Double.random(in: 0...1, using: &self.random)
    var arrivesAt = max(flight.at + self.conditions.delay + jitter, self.lastInOrderArrival)
    if self.happens(self.conditions.reordering) {
      self.statistics.reordered += 1
      arrivesAt += self.conditions.reorderingDelay
    } else {
      self.lastInOrderArrival = arrivesAt
    }
    // Nearly always the last; ties keep the order of sending.
    var index = self.flights.endIndex
    while index > self.head, let before = self.flights[index - 1], before.at > arrivesAt { index -= 1 }
    flight.at = arrivesAt
    self.flights.insert(flight, at: index)
  }

  /// - Parameter stepEnd: when the step of the trace ends that the datagram leaves the bottleneck in.
  private mutating func isLost(tracedLoss: Double, until stepEnd: Instant) -> Bool {
    if let burst = self.conditions.burstLoss {
      if self.happens(self.isInBurst ? burst.leave : burst.enter) { self.isInBurst.toggle() }
      if self.isInBurst, self.happens(burst.lossWhileBad) { return true }
    }
    if self.happens(self.conditions.loss) { return true }
    guard let length = self.conditions.traceBurst else { return self.happens(tracedLoss) }
    return self.tracedLoss.losesNext(tracedLoss, length: length, until: stepEnd, using: &self.random)
  }

  /// True with the given chance. Draws only where the outcome is open, so that an absent impairment costs no chance.
  private mutating func happens(_ chance: Double) -> Bool {
    guard chance > 0 else { return false }
    return Double.random(in: 0..<1, using: &self.random) < chance
  }
}
