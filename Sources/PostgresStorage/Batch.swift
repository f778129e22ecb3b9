internal import IndexAPI
internal import MediaUnits
internal import Storage

/// One batch in one transaction and two round trips: locks and reads what its commands are about, applies them, writes
/// back what they touched.
struct Batch {
  let commands: [Command]
  let writer: String
  /// Microseconds that tests move the clock by.
  let shift: Int64

  func run(on connection: Connection) throws(PostgresError) -> [Outcome] {
    do throws(PostgresError) {
      return try self.transaction(on: connection)
    } catch {
      if !error.isLost { _ = try connection.run("ROLLBACK") }
      throw error
    }
  }

  private func transaction(on connection: Connection) throws(PostgresError) -> [Outcome] {
    let wanted = self.wanted
    var queries: [Query] = [.begin]
    if !wanted.players.isEmpty { queries.append(.lockLanes(of: wanted.players)) }
    queries += [
      .lockHosts(wanted, shift: self.shift), .sessions(wanted, shift: self.shift),
      .commands(self.commands.map(\.id)), .time(shift: self.shift),
    ]
    let read = try connection.pipeline(queries)
    let (hosts, sessions, done, time) = (
      read[read.count - 4], read[read.count - 3], read[read.count - 2], read[read.count - 1].time(0, 0)
    )
    var model = ModelState()
    for row in 0..<hosts.count { model.load(hosts.host(row, hasBody: false)) }
    for row in 0..<sessions.count {
      let session = sessions.session(row)
      // Without its host's lock nothing may be done to it: it has only just come, and counts for its player alone.
      let isLapsed = session.end <= time
      if model.hosts[session.host] != nil || !isLapsed || wanted.sessions.contains(session.id) { model.load(session) }
    }
    for session in model.sessions.values where session.isLive && model.hosts[session.host] == nil {
      if wanted.sessions.contains(session.id) {
        throw .failed(state: "40001", message: "a session came while its host was locked")
      }
    }
    for row in 0..<done.count {
      let stored = StoredOutcome(kind: done.integer(row, 1), value: done.integer(row, 2))
      guard let outcome = stored.outcome else {
        throw .failed(state: "XX000", message: "an outcome of a later version of Martlet")
      }
      model.load(outcome, of: done.identifier(row, 0))
    }
    let known = (hosts: Set(model.hosts.keys), sessions: Set(model.sessions.keys))
    let outcomes = self.commands.map { model.apply($0, now: time) }
    _ = try connection.pipeline(
      self.writes(model.takeTouched(), of: model, known: known, time: time.nanoseconds / 1000) + [.commit]
    )
    return outcomes
  }

  private func writes(
    _ touched: ModelState.Touched,
    of model: ModelState,
    known: (hosts: Set<HostID>, sessions: Set<SessionID>),
    time: Int64
  ) -> [Query] {
    let hosts = touched.hosts.compactMap { model.hosts[$0] }
    let sessions = touched.sessions.compactMap { model.sessions[$0] }
    let indexers = touched.indexers.sorted().compactMap { model.indexers[$0] }
    var queries: [Query] = []
    for (rows, areNew) in [
      (hosts.filter { !known.hosts.contains($0.record.id) }, true),
      (hosts.filter { known.hosts.contains($0.record.id) }, false),
    ] where !rows.isEmpty {
      queries.append(.writeHosts(rows, areNew: areNew))
    }
    let records = touched.records.compactMap { model.hosts[$0]?.record }
    if !records.isEmpty { queries.append(.writeRecords(records)) }
    for (rows, areNew) in [
      (sessions.filter { !known.sessions.contains($0.id) }, true),
      (sessions.filter { known.sessions.contains($0.id) }, false),
    ] where !rows.isEmpty {
      queries.append(.writeSessions(rows, areNew: areNew))
    }
    if !indexers.isEmpty { queries.append(.writeIndexers(indexers)) }
    if !touched.commands.isEmpty { queries.append(.addCommands(touched.commands, time: time)) }
    if !touched.changes.isEmpty {
      queries.append(.addChanges(touched.changes, writer: self.writer, time: time))
      queries.append(.notify)
    }
    return queries
  }

  private var wanted: Query.Wanted {
    var hosts: Set<HostID> = []
    var offlineHosts: Set<HostID> = []
    var sessions: Set<SessionID> = []
    var players: Set<PlayerID> = []
    var expiring = 0
    for command in self.commands {
      switch command.action {
      case .register(let record): hosts.insert(record.id)
      case .takeHome(let host, _): hosts.insert(host)
      case .report(let host, _, let state, _):
        hosts.insert(host)
        if state == .offline { offlineHosts.insert(host) }
      case .revive(let session, let host, _):
        sessions.insert(session)
        hosts.insert(host)
      case .reserve(let session, let host, let player, _):
        sessions.insert(session)
        hosts.insert(host)
        players.insert(player)
      case .hold(let session, _), .confirm(let session, _, _), .extend(let session, _), .close(let session),
        .release(let session, _):
        sessions.insert(session)
      case .expire(let limit): expiring += max(0, limit)
      case .announce: break
      }
    }
    // Earlier commands may end some of those that are to expire.
    if expiring > 0 { expiring += self.commands.count }
    return Query.Wanted(
      hosts: hosts.sorted(by: HostID.isOrdered),
      offlineHosts: offlineHosts.sorted(by: HostID.isOrdered),
      sessions: sessions.sorted(by: SessionID.isOrdered),
      players: players.sorted(by: PlayerID.isOrdered),
      expiring: expiring
    )
  }
}
