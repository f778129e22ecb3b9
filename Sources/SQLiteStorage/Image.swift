internal import GRDB
internal import IndexAPI
internal import MediaUnits
internal import Storage

/// The file's content in memory, where commands are applied; the file is read only to begin with.
///
/// After an error it holds what the file may not: throw it away, and load it again.
struct Image {
  private(set) var model = ModelState()
  /// Where each session's row is.
  private var slots: [SessionID: Int64] = [:]
  private var lastSlot: Int64 = 0
  private var lastBatch: Int64 = 0
  /// Ended sessions in the order of their ends.
  private var ended: [SessionID] = []
  /// Entries of ``ended`` before this one are forgotten.
  private var firstEnded = 0

  /// Loads what was committed.
  init(in database: Database) throws {
    if database.isInsideTransaction { try database.rollback() }
    let used = try self.loadSessions(in: database)
    try self.loadHosts(in: database, used: used)
    let indexers = try Cached("SELECT name, body, end FROM indexers", in: database)
    while try indexers.step() {
      let record = IndexerRecord(name: indexers.text(0), body: indexers.bytes(1))
      self.model.load(ModelState.Indexer(record: record, end: indexers.time(2)))
    }
    let batches = try Cached("SELECT sequence, outcomes FROM batches ORDER BY sequence", in: database)
    while try batches.step() {
      self.lastBatch = batches.integer(0)
      let list = try Self.outcomes(batches, column: 1)
      for index in 0..<list.count {
        guard let outcome = list.outcome(index).outcome else {
          throw DatabaseError(message: "an outcome of a later version")
        }
        self.model.load(outcome, of: list.command(index))
      }
    }
  }

  /// - Returns: how many live sessions each host has.
  private mutating func loadSessions(in database: Database) throws -> [HostID: Int] {
    var used: [HostID: Int] = [:]
    let statement = try Cached("SELECT slot, id, host, player, state, end, reason FROM sessions", in: database)
    while try statement.step() {
      let state: SessionRow.State =
        switch statement.integer(4) {
        case 0: .reserved
        case 1: .running
        case -1: .closing
        default: .ended(reason: statement.text(6))
        }
      let session = ModelState.Session(
        id: statement.identifier(1),
        host: statement.identifier(2),
        player: statement.identifier(3),
        state: state,
        end: statement.time(5)
      )
      self.model.load(session)
      self.lastSlot = max(self.lastSlot, statement.integer(0))
      self.slots[session.id] = statement.integer(0)
      if session.isLive { used[session.host, default: 0] += 1 } else { self.ended.append(session.id) }
    }
    let sessions = self.model.sessions
    self.ended.sort { sessions[$0]?.end ?? .zero < sessions[$1]?.end ?? .zero }
    return used
  }

  private mutating func loadHosts(in database: Database, used: [HostID: Int]) throws {
    let statement = try Cached(
      "SELECT hosts.id, seats, offered, state, home, epoch, body FROM hosts JOIN records USING (id)",
      in: database
    )
    while try statement.step() {
      let id: HostID = statement.identifier(0)
      self.model.load(
        HostRow(
          record: HostRecord(id: id, seats: Int(statement.integer(1)), body: statement.bytes(6)),
          state: HostState(rawValue: statement.text(3)) ?? .offline,
          offeredSeats: Int(statement.integer(2)),
          usedSeats: used[id] ?? 0,
          home: statement.text(4),
          epoch: Int(statement.integer(5))
        )
      )
    }
  }

  private static func outcomes(_ row: Cached, column: Int32) throws -> OutcomeList {
    guard let list = OutcomeList(bytes: row.bytes(column)) else {
      throw DatabaseError(message: "outcomes of a later version")
    }
    return list
  }
}

// MARK: - One batch

extension Image {
  /// Applies a batch and commits it.
  ///
  /// - Returns: the outcomes, and what has changed.
  mutating func apply(_ batch: [Command], in database: Database, now: Instant) throws -> ([Outcome], [ChangeKey]) {
    let outcomes = batch.map { self.model.apply($0, now: now) }
    let touched = self.model.takeTouched()
    // All of them are repeated: nothing is to be made durable.
    guard !touched.isEmpty else { return (outcomes, []) }
    try database.inTransaction(.immediate) {
      try self.write(touched, in: database, now: now)
      // Twice what comes, so that it always catches up.
      try self.forget(2 * batch.count + 16, in: database, now: now)
      return .commit
    }
    return (outcomes, touched.changes)
  }

  private mutating func write(_ touched: ModelState.Touched, in database: Database, now: Instant) throws {
    // A host that is only among the touched has a seat more or less, and that is in its sessions.
    for case .host(let id) in touched.changes {
      guard let row = self.model.hosts[id] else { continue }
      let statement = try Cached("INSERT OR REPLACE INTO hosts VALUES (?, ?, ?, ?, ?, ?)", in: database)
      statement.bind(1, id)
      statement.bind(2, Int64(row.record.seats))
      statement.bind(3, Int64(row.offeredSeats))
      statement.bind(4, row.state.rawValue)
      statement.bind(5, row.home)
      statement.bind(6, Int64(row.epoch))
      try statement.run()
    }
    for id in touched.records {
      guard let row = self.model.hosts[id] else { continue }
      let statement = try Cached("INSERT OR REPLACE INTO records VALUES (?, ?)", in: database)
      statement.bind(1, id)
      statement.bind(2, row.record.body)
      try statement.run()
    }
    for name in touched.indexers {
      guard let indexer = self.model.indexers[name] else { continue }
      let statement = try Cached("INSERT OR REPLACE INTO indexers VALUES (?, ?, ?)", in: database)
      statement.bind(1, name)
      statement.bind(2, indexer.record.body)
      statement.bind(3, indexer.end)
      try statement.run()
    }
    try self.write(sessions: touched.sessions, in: database)
    self.lastBatch += 1
    let statement = try Cached("INSERT INTO batches VALUES (?, ?, ?)", in: database)
    statement.bind(1, self.lastBatch)
    statement.bind(2, now)
    statement.bind(3, OutcomeList(touched.commands).bytes)
    try statement.run()
  }

  private mutating func write(sessions ids: [SessionID], in database: Database) throws {
    guard !ids.isEmpty else { return }
    let insertion = try Cached(
      "INSERT INTO sessions (slot, state, end, reason, id, host, player) VALUES (?, ?, ?, ?, ?, ?, ?)",
      in: database
    )
    let change = try Cached("UPDATE sessions SET state = ?2, end = ?3, reason = ?4 WHERE slot = ?1", in: database)
    for id in ids {
      guard let session = self.model.sessions[id] else { continue }
      let slot = self.slots[id]
      let statement = slot == nil ? insertion : change
      if slot == nil {
        self.lastSlot += 1
        self.slots[id] = self.lastSlot
        statement.bind(5, id)
        statement.bind(6, session.host)
        statement.bind(7, session.player)
      }
      statement.bind(1, slot ?? self.lastSlot)
      switch session.state {
      case .reserved: statement.bind(2, 0)
      case .running: statement.bind(2, 1)
      case .closing: statement.bind(2, -1)
      case .ended: statement.bind(2, 2)
      }
      statement.bind(3, session.end)
      if case .ended(let reason) = session.state {
        statement.bind(4, reason)
        self.ended.append(id)
      } else {
        statement.bindNull(4)
      }
      try statement.run()
    }
  }

  /// Removes what nobody can ask for any more, in pieces that no batch notices.
  ///
  /// - Parameter limit: the most sessions, and about the most outcomes.
  private mutating func forget(_ limit: Int, in database: Database, now: Instant) throws {
    var count = 0
    while count < limit {
      let oldest = try Cached("SELECT sequence, time, outcomes FROM batches ORDER BY sequence LIMIT 1", in: database)
      defer { oldest.reset() }
      guard try oldest.step(), oldest.time(1) < now - StorageLimits.commandMemory else { break }
      let list = try Self.outcomes(oldest, column: 2)
      for index in 0..<list.count { self.model.forget(command: list.command(index)) }
      count += list.count
      let deletion = try Cached("DELETE FROM batches WHERE sequence = ?", in: database)
      deletion.bind(1, oldest.integer(0))
      oldest.reset()
      try deletion.run()
    }
    let last = min(self.ended.count, self.firstEnded + limit)
    while self.firstEnded < last {
      let id = self.ended[self.firstEnded]
      // One that was revived comes again when it ends.
      if self.model.sessions[id]?.isLive == true {
        self.firstEnded += 1
        continue
      }
      guard let session = self.model.sessions[id], session.end < now - StorageLimits.sessionMemory else { break }
      self.model.forget(session: id)
      let deletion = try Cached("DELETE FROM sessions WHERE slot = ?", in: database)
      deletion.bind(1, self.slots.removeValue(forKey: id) ?? 0)
      try deletion.run()
      self.firstEnded += 1
    }
    if self.firstEnded > self.ended.count / 2 {
      self.ended.removeFirst(self.firstEnded)
      self.firstEnded = 0
    }
    let lost = now - StorageLimits.indexerMemory
    guard self.model.indexers.values.contains(where: { $0.end < lost }) else { return }
    self.model.forgetIndexers(lostBefore: lost)
    let deletion = try Cached("DELETE FROM indexers WHERE end < ?", in: database)
    deletion.bind(1, lost)
    try deletion.run()
  }
}
