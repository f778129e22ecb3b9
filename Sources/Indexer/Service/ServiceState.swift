import Identity
import IndexAPI
import Matching
import MediaUnits
import Storage

/// Everything that an indexer keeps in memory, behind one lock. Nothing here waits.
struct ServiceState {
  let name: String
  var matcher: Matcher
  private(set) var hosts: [HostID: KnownHost] = [:]
  private(set) var sessions: [SessionID: KnownSession] = [:]
  /// Hosts by their home, so that nobody has to go through all of them to find those of one.
  private var homes: [String: Set<HostID>] = [:]
  /// Sessions that have ended lately, so that news of their beginning, still on its way, does not bring them back.
  private var ended: Set<SessionID> = []
  /// Those that ended before ``endedSince``.
  private var endedEarlier: Set<SessionID> = []
  private var endedSince: Instant = .zero
  /// Hosts that came since the matcher was last put in order.
  private var newHostCount = 0
  var indexers: [String: KnownIndexer] = [:]
  var streams: [HostID: HostStream] = [:]
  var decisions: DecisionLedger
  var waiting: WaitingRoom
  var games = GameTally()
  var figures = NetworkFigures()
  var landmarks: (hosts: [HostEndpoint], until: Instant) = ([], .zero)
  /// How far the store's changes have been read.
  var cursor = Cursor()
  /// Upkeeps so far.
  var tickCount = 0
  /// Hosts that may be hidden.
  var hidden: [HostID] = []

  init(name: String, limits: IndexerLimits, salt: UInt64) {
    self.name = name
    self.matcher = Matcher(salt: salt)
    self.decisions = DecisionLedger(capacity: limits.decisionCount)
    self.waiting = WaitingRoom(capacity: limits.queueCount)
  }

  // MARK: Hosts

  /// Changes a host, and everything that is counted by host.
  ///
  /// - Parameter isDescribed: whether what it says of itself changes as well, not only its seats and state.
  @discardableResult
  mutating func withHost<Value>(_ id: HostID, isDescribed: Bool = false, _ body: (inout KnownHost) -> Value) -> Value? {
    guard let index = self.hosts.index(forKey: id) else { return nil }
    let (old, home) = (Count(self.hosts.values[index]), self.hosts.values[index].home)
    let value = body(&self.hosts.values[index])
    let new = Count(self.hosts.values[index])
    self.figures.count(old, by: -1)
    self.figures.count(new, by: 1)
    self.games.recount(old.share, as: new.share)
    if self.hosts.values[index].home != home { self.move(id, from: home, to: self.hosts.values[index].home) }
    if isDescribed {
      self.matcher.upsert(self.hosts.values[index].facts)
    } else {
      self.matcher.setMatchable(id, new.isMatchable)
      self.matcher.setSeats(id, offered: new.offeredSeats, used: new.usedSeats)
    }
    return value
  }

  /// What of a host is counted somewhere.
  struct Count {
    var share: GameTally.Share
    var isMatchable: Bool
    var offeredSeats: Int
    var usedSeats: Int
    var sessionCount: Int

    init(_ host: KnownHost) {
      self.share = GameTally.Share(host)
      self.isMatchable = host.isMatchable
      self.offeredSeats = host.offeredSeats
      self.usedSeats = host.usedSeats
      self.sessionCount = host.sessions.count
    }
  }

  mutating func add(_ host: KnownHost) {
    let old = self.hosts.updateValue(host, forKey: host.id)
    if let old { self.count(old, by: -1) }
    self.count(host, by: 1)
    self.move(host.id, from: old?.home, to: host.home)
    self.matcher.upsert(host.facts)
    self.newHostCount += 1
  }

  /// Puts the matcher's memory in order when many hosts have come since it last was.
  mutating func compactMatcher() {
    guard self.newHostCount > 64 + self.hosts.count / 4 else { return }
    self.matcher.compact()
    self.newHostCount = 0
  }

  func hosts(ofHome home: String) -> Set<HostID> { self.homes[home] ?? [] }

  var homeNames: some Sequence<String> { self.homes.keys }

  private mutating func move(_ host: HostID, from old: String?, to new: String) {
    if let old {
      self.homes[old]?.remove(host)
      if self.homes[old]?.isEmpty == true { self.homes[old] = nil }
    }
    self.homes[new, default: []].insert(host)
  }

  /// What a row of the store says of a host that is not known yet.
  enum HostNews { case none, seats, description }

  /// - Parameter digest: of the host's own words.
  func news(in row: HostRow, digest: Int) -> HostNews {
    guard let index = self.hosts.index(forKey: row.record.id) else { return .description }
    // Every session that begins or ends brings its host, of which most often nothing else has changed.
    func isKnown(_ host: KnownHost) -> Bool {
      host.state == row.state && host.offeredSeats == row.offeredSeats && host.seats == row.record.seats
        && host.epoch == row.epoch && host.home == row.home && !host.isHidden
    }
    guard self.hosts.values[index].bodyDigest == digest else { return .description }
    guard isKnown(self.hosts.values[index]), row.home == self.name || self.streams[row.record.id] == nil else {
      return .seats
    }
    return .none
  }

  mutating func removeHost(_ id: HostID) {
    guard let host = self.hosts.removeValue(forKey: id) else { return }
    self.count(host, by: -1)
    self.homes[host.home]?.remove(id)
    if self.homes[host.home]?.isEmpty == true { self.homes[host.home] = nil }
    self.matcher.remove(id)
    self.streams.removeValue(forKey: id)?.finish()
  }

  private mutating func count(_ host: KnownHost, by sign: Int) {
    let count = Count(host)
    self.figures.count(count, by: sign)
    self.games.count(count.share, by: sign)
  }

  // MARK: Sessions

  /// A session is in the store.
  mutating func insert(_ id: SessionID, _ session: KnownSession) {
    guard !self.hasEnded(id) else { return }
    if let known = self.sessions[id] {
      self.countSession(known, by: -1)
      var session = session
      session.hasReportedStart = known.hasReportedStart
      session.isRunning = session.isRunning || known.isRunning
      session.isClosing = session.isClosing || known.isClosing
      session.startBy = max(session.startBy, known.startBy)
      self.sessions[id] = session
      self.countSession(session, by: 1)
      return
    }
    self.sessions[id] = session
    self.countSession(session, by: 1)
    self.withHost(session.host) { host in
      host.sessions.insert(id)
      host.isHidden = false
    }
  }

  /// A session is no longer in the store.
  ///
  /// - Returns: what it was, if it was known.
  @discardableResult
  mutating func end(_ id: SessionID, now: Instant) -> KnownSession? {
    if self.ended.isEmpty { self.endedSince = now }
    self.ended.insert(id)
    guard let session = self.sessions.removeValue(forKey: id) else { return nil }
    self.countSession(session, by: -1)
    self.withHost(session.host) { host in
      host.sessions.remove(id)
      host.isHidden = false
    }
    return session
  }

  /// A host is offline, and in the store its sessions have ended. It is told nothing: should they still run when it comes
  /// back, they go on.
  mutating func endSessions(of host: HostID, now: Instant) {
    for session in self.hosts[host]?.sessions ?? [] { self.end(session, now: now) }
    self.streams.removeValue(forKey: host)?.finish()
  }

  /// A session that had ended runs.
  mutating func revive(_ id: SessionID) {
    self.ended.remove(id)
    self.endedEarlier.remove(id)
  }

  /// Sessions of a host that are given up, and of which it has not said that their seats are free.
  func closingSessions(of host: HostID) -> [SessionID] {
    (self.hosts[host]?.sessions ?? []).filter { self.sessions[$0]?.isClosing == true }
  }

  mutating func withSession(_ id: SessionID, _ body: (inout KnownSession) -> Void) {
    guard let index = self.sessions.index(forKey: id) else { return }
    self.countSession(self.sessions.values[index], by: -1)
    body(&self.sessions.values[index])
    self.countSession(self.sessions.values[index], by: 1)
  }

  /// A stage that stood ready is for a session from now on. The host says so too, but the next order may come sooner.
  mutating func takeWarmStage(of game: String, at id: HostID) {
    let games = self.hosts[id]?.description.registration.games ?? []
    guard let index = games.firstIndex(where: { $0.name == game && $0.warm > 0 }) else { return }
    self.withHost(id) { host in
      host.description.registration.games[index].warm -= 1
      host.isUnwritten = true
    }
    if games[index].warm == 1 { self.matcher.setWarm(id, game: game, false) }
  }

  func hasEnded(_ id: SessionID) -> Bool { self.ended.contains(id) || self.endedEarlier.contains(id) }

  private mutating func countSession(_ session: KnownSession, by sign: Int) {
    if session.isRunning {
      self.figures.runningSessions += sign
    } else {
      self.figures.reservedSessions += sign
    }
  }

  /// Forgets what ended long enough ago that no news of it can still come: a minute, or two.
  mutating func forgetEnded(now: Instant) {
    guard now - self.endedSince > .seconds(60) else { return }
    self.endedEarlier = self.ended
    self.ended = []
    self.endedSince = now
  }

  /// Forgets every host and session, to read them anew.
  ///
  /// - Returns: the hosts, for what only memory knows of them.
  mutating func forgetNetwork() -> [HostID: KnownHost] {
    defer { self.hosts = [:] }
    for host in self.hosts.keys { self.matcher.remove(host) }
    self.sessions = [:]
    (self.ended, self.endedEarlier) = ([], [])
    self.homes = [:]
    self.games = GameTally()
    self.figures.hosts = [:]
    (self.figures.offeredSeats, self.figures.usedSeats) = (0, 0)
    (self.figures.reservedSessions, self.figures.runningSessions) = (0, 0)
    return self.hosts
  }
}

extension NetworkFigures {
  /// - Parameter sign: 1 to count a host in, -1 to count it out as it was counted in.
  mutating func count(_ host: ServiceState.Count, by sign: Int) {
    self.hosts[host.share.state, default: 0] += sign
    if host.share.state == .standby { self.offeredSeats += sign * host.offeredSeats }
    self.usedSeats += sign * host.sessionCount
  }
}

/// Another indexer, or this one.
struct KnownIndexer {
  var url: String
  /// As it was announced, to see without checking signatures whether it has changed.
  var body: [UInt8]
  var keys: [KeySet.Entry]
  /// When it counts as lost, by this machine's clock.
  var aliveUntil: Instant
}
