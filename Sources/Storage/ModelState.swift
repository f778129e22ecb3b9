public import IndexAPI
public import MediaUnits

/// What the commands mean: the rules of hosts, seats and leases, without any storage.
///
/// Every store runs its commands through this type. A store that has its data to itself keeps one that holds everything.
/// A store that shares a database puts what a batch is about into an empty one, under the database's locks, applies the
/// batch, and writes back what ``takeTouched()`` names.
public struct ModelState: Sendable {
  public private(set) var hosts: [HostID: HostRow] = [:]
  public private(set) var sessions: [SessionID: Session] = [:]
  public private(set) var indexers: [String: Indexer] = [:]
  public private(set) var outcomes: [RequestID: Outcome] = [:]
  private var liveAtHost: [HostID: Set<SessionID>] = [:]
  private var liveOfPlayer: [PlayerID: Set<SessionID>] = [:]
  private var liveCount = 0
  private var leaseEnds = LeaseEnds()
  private var touched = Touched()

  public init() {}

  /// What was touched since the last call.
  public mutating func takeTouched() -> Touched {
    defer { self.touched = Touched() }
    return self.touched
  }

  /// Live sessions of a player, in the order of their identifiers.
  public func liveSessions(of player: PlayerID) -> [Session] {
    (self.liveOfPlayer[player] ?? []).compactMap { self.sessions[$0] }
      .sorted { ($0.id.high, $0.id.low) < ($1.id.high, $1.id.low) }
  }

  /// Applies a command, unless it has been applied before.
  ///
  /// - Returns: the outcome; of a repeated command the first one.
  public mutating func apply(_ command: Command, now: Instant) -> Outcome {
    if let first = self.outcomes[command.id] { return first }
    let outcome = self.perform(command.action, now: now)
    self.outcomes[command.id] = outcome
    self.touched.commands.append((command.id, outcome))
    return outcome
  }

  private mutating func perform(_ action: Command.Action, now: Instant) -> Outcome {
    switch action {
    case .register(let record): return self.register(record)
    case .takeHome(let host, let indexer): return self.takeHome(host, indexer: indexer)
    case .report(let host, let epoch, let state, let offeredSeats):
      return self.report(host, epoch: epoch, state: state, offeredSeats: offeredSeats, now: now)
    case .reserve(let session, let host, let player, let lease):
      return self.reserve(session, host: host, player: player, lease: lease, now: now)
    case .confirm(let session, let host, let lease):
      guard let row = self.current(session, now: now), row.state != .closing else { return .refused(.unknownSession) }
      guard row.host == host else { return .refused(.otherHost) }
      self.move(row, to: .running, end: now + lease)
      return .done
    case .hold(let session, let lease):
      guard let row = self.current(session, now: now), row.state == .reserved else { return .refused(.unknownSession) }
      self.move(row, to: .reserved, end: now + lease)
      return .done
    case .extend(let session, let lease):
      guard let row = self.current(session, now: now), row.state == .running else { return .refused(.unknownSession) }
      self.move(row, to: .running, end: now + lease)
      return .done
    case .close(let session):
      guard let row = self.current(session, now: now) else { return .refused(.unknownSession) }
      if row.state != .closing { self.move(row, to: .closing, end: row.end) }
      return .done
    case .revive(let session, let host, let lease): return self.revive(session, host: host, end: now + lease)
    case .release(let session, let reason):
      guard let row = self.sessions[session], row.isLive else { return .refused(.unknownSession) }
      self.move(row, to: .ended(reason: reason), end: now)
      return .done
    case .expire(let limit): return .expired(self.expire(limit: limit, now: now))
    case .announce(let record, let lease):
      self.indexers[record.name] = Indexer(record: record, end: now + lease)
      self.touch(.indexer(record.name))
      return .done
    }
  }
}

// MARK: - What a database knows

extension ModelState {
  /// Puts in a host as the database has it.
  public mutating func load(_ host: HostRow) {
    self.hosts[host.record.id] = host
  }

  /// Puts in a session as the database has it.
  public mutating func load(_ session: Session) {
    self.sessions[session.id] = session
    guard session.isLive else { return }
    self.liveCount += 1
    self.noteEnd(of: session)
    self.liveAtHost[session.host, default: []].insert(session.id)
    self.liveOfPlayer[session.player, default: []].insert(session.id)
  }

  /// Puts in an indexer as the database has it.
  public mutating func load(_ indexer: Indexer) {
    self.indexers[indexer.record.name] = indexer
  }

  /// Puts in the first outcome of a command.
  public mutating func load(_ outcome: Outcome, of command: RequestID) {
    self.outcomes[command] = outcome
  }

  /// Forgets the outcome of a command.
  public mutating func forget(command: RequestID) {
    self.outcomes[command] = nil
  }

  /// Forgets indexers that were lost before `time`.
  public mutating func forgetIndexers(lostBefore time: Instant) {
    self.indexers = self.indexers.filter { $0.value.end >= time }
  }

  /// Forgets a session that has ended.
  public mutating func forget(session: SessionID) {
    guard self.sessions[session]?.isLive == false else { return }
    self.sessions[session] = nil
  }
}

// MARK: - The rules

extension ModelState {
  private mutating func register(_ record: HostRecord) -> Outcome {
    var row =
      self.hosts[record.id]
      ?? HostRow(record: record, state: .offline, offeredSeats: 0, usedSeats: 0, home: "", epoch: 0)
    row.record = record
    row.offeredSeats = min(row.offeredSeats, record.seats)
    self.hosts[record.id] = row
    if self.touched.knownRecords.insert(record.id).inserted { self.touched.records.append(record.id) }
    self.touch(.host(record.id))
    return .done
  }

  private mutating func takeHome(_ host: HostID, indexer: String) -> Outcome {
    guard var row = self.hosts[host] else { return .refused(.unknownHost) }
    row.state = row.state == .offline && row.epoch > 0 ? .silent : .standby
    row.epoch += 1
    row.home = indexer
    row.offeredSeats = row.record.seats
    self.hosts[host] = row
    self.touch(.host(host))
    return .home(epoch: row.epoch)
  }

  private mutating func report(
    _ host: HostID,
    epoch: Int,
    state: HostState,
    offeredSeats: Int,
    now: Instant
  ) -> Outcome {
    guard var row = self.hosts[host] else { return .refused(.unknownHost) }
    guard row.epoch == epoch else { return .refused(.staleEpoch) }
    row.state = state
    row.offeredSeats = max(0, min(offeredSeats, row.record.seats))
    self.hosts[host] = row
    self.touch(.host(host))
    guard state == .offline else { return .done }
    for session in (self.liveAtHost[host] ?? []).compactMap({ self.sessions[$0] }) {
      self.move(session, to: .ended(reason: SessionRow.hostOffline), end: now)
    }
    return .done
  }

  private mutating func revive(_ id: SessionID, host: HostID, end: Instant) -> Outcome {
    guard let session = self.sessions[id], session.state == .ended(reason: SessionRow.hostOffline) else {
      return .refused(.unknownSession)
    }
    guard session.host == host, var row = self.hosts[host] else { return .refused(.otherHost) }
    guard row.usedSeats < row.record.seats else { return .refused(.full) }
    row.usedSeats += 1
    self.hosts[host] = row
    self.load(Session(id: id, host: host, player: session.player, state: .running, end: end))
    self.touch(.session(id))
    self.touchRow(.host(host))
    return .done
  }

  private mutating func reserve(
    _ session: SessionID,
    host: HostID,
    player: PlayerID,
    lease: Duration,
    now: Instant
  ) -> Outcome {
    guard self.hosts[host] != nil else { return .refused(.unknownHost) }
    // A seat is free when its lease is over, however late the sweeper.
    for id in self.liveAtHost[host] ?? [] { _ = self.current(id, now: now) }
    guard var row = self.hosts[host], row.state == .standby else { return .refused(.notOnStandby) }
    guard row.usedSeats < min(row.record.seats, row.offeredSeats) else { return .refused(.full) }
    let held = (self.liveOfPlayer[player] ?? []).count { id in
      self.sessions[id].map { $0.end > now && $0.state != .closing } ?? false
    }
    guard held < StorageLimits.sessionsPerPlayer else { return .refused(.playerLimit) }
    guard self.sessions[session] == nil else { return .refused(.sessionExists) }
    row.usedSeats += 1
    self.hosts[host] = row
    self.load(Session(id: session, host: host, player: player, state: .reserved, end: now + lease))
    self.touch(.session(session))
    self.touchRow(.host(host))
    return .reserved
  }

  private mutating func expire(limit: Int, now: Instant) -> Int {
    var count = 0
    while count < limit, let end = self.leaseEnds.first, end.time <= now {
      self.leaseEnds.removeFirst()
      guard self.isCurrent(end), let session = self.sessions[end.session] else { continue }
      self.move(session, to: .ended(reason: "expired"), end: now)
      count += 1
    }
    return count
  }

  private mutating func noteEnd(of session: Session) {
    self.leaseEnds.insert(LeaseEnds.End(time: session.end, session: session.id))
    // Ends that were moved are not searched for, but they must not outnumber the others.
    guard self.leaseEnds.count > 4096 + 2 * self.liveCount else { return }
    var ends = self.leaseEnds
    self.leaseEnds = LeaseEnds()
    ends.removeAll { !self.isCurrent($0) }
    self.leaseEnds = ends
  }

  private func isCurrent(_ end: LeaseEnds.End) -> Bool {
    self.sessions[end.session].map { $0.isLive && $0.end == end.time } ?? false
  }

  /// The session, if its lease is not over; if it is, the session ends here.
  private mutating func current(_ id: SessionID, now: Instant) -> Session? {
    guard let session = self.sessions[id], session.isLive else { return nil }
    if session.end > now { return session }
    self.move(session, to: .ended(reason: "expired"), end: now)
    return nil
  }

  private mutating func move(_ session: Session, to state: SessionRow.State, end: Instant) {
    var session = session
    session.state = state
    session.end = end
    self.sessions[session.id] = session
    if session.isLive {
      self.noteEnd(of: session)
    } else {
      self.liveCount -= 1
      self.liveAtHost[session.host]?.remove(session.id)
      if self.liveAtHost[session.host]?.isEmpty == true { self.liveAtHost[session.host] = nil }
      self.liveOfPlayer[session.player]?.remove(session.id)
      if self.liveOfPlayer[session.player]?.isEmpty == true { self.liveOfPlayer[session.player] = nil }
      self.hosts[session.host]?.usedSeats -= 1
      self.touchRow(.host(session.host))
    }
    self.touch(.session(session.id))
  }

  private mutating func touch(_ key: ChangeKey) {
    if self.touched.changed.insert(key).inserted { self.touched.changes.append(key) }
    self.touchRow(key)
  }

  private mutating func touchRow(_ key: ChangeKey) {
    guard self.touched.known.insert(key).inserted else { return }
    switch key {
    case .host(let id): self.touched.hosts.append(id)
    case .session(let id): self.touched.sessions.append(id)
    case .indexer(let name): self.touched.indexers.append(name)
    }
  }
}
