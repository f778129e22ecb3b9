public import IndexAPI
public import MediaUnits

/// Players for whom there is no seat yet, in a bounded line for each game and class.
///
/// Within a game, whoever lost a session comes first, then whoever has waited longest; nobody is overtaken by a later one
/// whom the same seat would do for. Games take turns, so that one with a long line does not keep the others waiting.
public struct WaitingQueue: Sendable {
  /// Somebody who waits.
  public struct Entry: Hashable, Sendable {
    public var player: PlayerID
    public var request: RequestID
    public var game: String
    public var minimumClass: PerformanceClass
    /// Milliseconds since 1970, by the indexer that the player asked first.
    public var enqueued: Int64
    /// Whether the player had a session and lost it.
    public var isResumption: Bool

    public init(
      player: PlayerID,
      request: RequestID,
      game: String,
      minimumClass: PerformanceClass = .basic,
      enqueued: Int64,
      isResumption: Bool = false
    ) {
      self.player = player
      self.request = request
      self.game = game
      self.minimumClass = minimumClass
      self.enqueued = enqueued
      self.isResumption = isResumption
    }

    /// Whether this one is before `other` in a line.
    func precedes(_ other: Entry) -> Bool {
      if self.isResumption != other.isResumption { return self.isResumption }
      if self.enqueued != other.enqueued { return self.enqueued < other.enqueued }
      return (self.request.high, self.request.low) < (other.request.high, other.request.low)
    }
  }

  struct Lane: Hashable, Sendable {
    var game: String
    var minimumClass: PerformanceClass
  }

  public let capacity: Int
  /// Each in order.
  private var lanes: [Lane: [Entry]] = [:]
  private var entries: [RequestID: Entry] = [:]
  private var heard: [RequestID: Instant] = [:]
  /// How many turns each game has had; those that nobody waits for are forgotten.
  private var turns: [String: Int] = [:]
  private var rates: [String: ReleaseRate] = [:]

  /// - Parameter capacity: the most entries.
  public init(capacity: Int = 10_000) {
    self.capacity = capacity
  }

  public var count: Int { self.entries.count }
  public var isFull: Bool { self.count >= self.capacity }

  public func contains(_ request: RequestID) -> Bool { self.entries[request] != nil }

  /// How many wait for `game`.
  public func count(game: String) -> Int {
    self.lanes.reduce(0) { $0 + ($1.key.game == game ? $1.value.count : 0) }
  }

  /// Adds somebody, or notes that somebody in it still waits; the place stays the same.
  ///
  /// - Returns: `false` if the queue is full and does not have the request.
  public mutating func enqueue(_ entry: Entry, now: Instant) -> Bool {
    if self.entries[entry.request] != nil {
      self.heard[entry.request] = now
      return true
    }
    guard !self.isFull else { return false }
    if self.count(game: entry.game) == 0 {
      // A game that was not waited for starts level with the others: it has saved no turns.
      self.turns[entry.game] = self.turns.values.min() ?? 0
      self.rates[entry.game, default: ReleaseRate()].start(now)
    }
    let lane = Lane(game: entry.game, minimumClass: entry.minimumClass)
    var line = self.lanes[lane] ?? []
    line.insert(entry, at: Self.index(of: entry, in: line))
    self.lanes[lane] = line
    self.entries[entry.request] = entry
    self.heard[entry.request] = now
    return true
  }

  /// Notes that somebody still waits.
  public mutating func touch(_ request: RequestID, now: Instant) {
    if self.entries[request] != nil { self.heard[request] = now }
  }

  /// - Returns: whether the request was in the queue.
  @discardableResult
  public mutating func abandon(_ request: RequestID) -> Bool {
    guard let entry = self.entries.removeValue(forKey: request) else { return false }
    self.heard[request] = nil
    let lane = Lane(game: entry.game, minimumClass: entry.minimumClass)
    var line = self.lanes.removeValue(forKey: lane) ?? []
    let index = Self.index(of: entry, in: line)
    if index < line.count, line[index].request == request { line.remove(at: index) }
    if !line.isEmpty { self.lanes[lane] = line }
    if self.count(game: entry.game) == 0 { self.turns[entry.game] = nil }
    return true
  }

  /// Takes out those who have not been heard since `instant`.
  public mutating func abandonUnheard(since instant: Instant) -> [Entry] {
    let gone = self.heard.filter { $0.value < instant }.compactMap { self.entries[$0.key] }
      .sorted { $0.precedes($1) }
    for entry in gone { self.abandon(entry.request) }
    return gone
  }

  /// Takes out whom a seat that became free is for, and counts it as a release.
  ///
  /// - Parameter suits: whether the seat would do for a game and a class.
  public mutating func next(now: Instant, where suits: (String, PerformanceClass) -> Bool) -> Entry? {
    var best: Entry?
    for (lane, line) in self.lanes where suits(lane.game, lane.minimumClass) {
      guard let head = line.first else { continue }
      if best.map({ self.isServed(head, before: $0) }) ?? true { best = head }
    }
    guard let best else { return nil }
    self.turns[best.game, default: 0] += 1
    self.rates[best.game, default: ReleaseRate()].note(now)
    self.abandon(best.request)
    return best
  }

  /// 1 for whoever is next among those who wait for the same game; `nil` for whoever does not wait.
  public func position(of request: RequestID) -> Int? {
    guard let entry = self.entries[request] else { return nil }
    return self.lanes.reduce(1) { position, lane in
      lane.key.game == entry.game ? position + Self.index(of: entry, in: lane.value) : position
    }
  }

  /// How long it takes until everybody before, and then this one, has had a seat, if seats become free as fast as they
  /// have; `nil` while none has.
  public func estimate(of request: RequestID, now: Instant) -> Duration? {
    guard let entry = self.entries[request], let position = self.position(of: request) else { return nil }
    guard let interval = self.rates[entry.game]?.interval(now: now) else { return nil }
    return .seconds(interval.inSeconds * Double(position))
  }

  /// Forgets how fast seats became free for games that nobody waits for or has got a seat of since `instant`.
  public mutating func forgetRates(before instant: Instant) {
    self.rates = self.rates.filter { $0.value.latest >= instant || self.turns[$0.key] != nil }
  }

  private func isServed(_ entry: Entry, before other: Entry) -> Bool {
    if entry.isResumption || other.isResumption || entry.game == other.game { return entry.precedes(other) }
    let (turns, others) = (self.turns[entry.game] ?? 0, self.turns[other.game] ?? 0)
    return turns != others ? turns < others : entry.precedes(other)
  }

  /// Where `entry` is or belongs.
  private static func index(of entry: Entry, in line: [Entry]) -> Int {
    var (low, high) = (0, line.count)
    while low < high {
      let middle = (low + high) / 2
      if line[middle].precedes(entry) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
