import IndexAPI
import MediaUnits
import Storage
import Testing

@Suite("Every store does what the model does", .timeLimit(.minutes(1)))
struct ConformanceTests {
  @Test("the same commands have the same outcomes", arguments: StoreKind.available, [1, 2, 3] as [UInt64])
  func outcomes(kind: StoreKind, seed: UInt64) async throws {
    let shift = Shift()
    let store = try await kind.makeStore(shift: shift)
    var model = ModelState()
    var commands = CommandSequence(seed: seed)
    var image = Image()
    var cursor = try await store.snapshot().1
    var now = Instant.zero
    for _ in 0..<60 {
      if commands.chance(4) == 0 {
        shift.advance(by: .seconds(10))
        now += .seconds(10)
      }
      // A later batch comes later, or leases that end together would be ended in another order.
      shift.advance(by: .milliseconds(1))
      now += .milliseconds(1)
      let batch = (0..<1 + commands.chance(24)).map { _ in commands.next() }
      let outcomes = try await store.apply(batch)
      #expect(outcomes == batch.map { model.apply($0, now: now) }, "seed \(seed)")
      while true {
        let (changes, next) = try await store.changes(after: cursor, limit: 7)
        for change in changes { image.fold(change) }
        if next == cursor { break }
        cursor = next
      }
      let (snapshot, _) = try await store.snapshot()
      #expect(image == Image(snapshot), "seed \(seed): changes must add up to the snapshot")
      #expect(image == Image(model), "seed \(seed)")
      let command = batch[commands.chance(batch.count)]
      #expect(try await store.lookup(.command(command.id)) == .outcome(model.outcomes[command.id]!))
    }
    for session in model.sessions.values {
      guard case .session(let row) = try await store.lookup(.session(session.id)) else {
        Issue.record("seed \(seed): a session is not found")
        continue
      }
      #expect(row.state == session.state && row.host == session.host && row.player == session.player)
      guard session.isLive else { continue }
      let difference = row.remaining - (session.end - now)
      #expect(difference < .seconds(1) && difference > .seconds(-5), "seed \(seed)")
    }
  }

  @Test("a reservation can be held for longer, as long as it is one", arguments: StoreKind.available)
  func holding(kind: StoreKind) async throws {
    let shift = Shift()
    let store = try await kind.makeStore(shift: shift)
    var random = SplitMix64(seed: 5)
    let (host, player) = (HostID.random(using: &random), PlayerID.random(using: &random))
    let sessions = (0..<3).map { _ in SessionID.random(using: &random) }
    func apply(_ actions: Command.Action...) async throws -> [Outcome] {
      try await store.apply(actions.map { Command(id: .random(using: &random), action: $0) })
    }
    _ = try await apply(.register(HostRecord(id: host, seats: 3, body: [])), .takeHome(host: host, indexer: "one"))
    for session in sessions {
      let reserved = try await apply(.reserve(session: session, host: host, player: player, lease: .seconds(45)))
      #expect(reserved == [.reserved])
    }
    _ = try await apply(.confirm(session: sessions[1], host: host, lease: .seconds(900)), .close(session: sessions[2]))
    shift.advance(by: .seconds(40))
    let held = try await apply(
      .hold(session: sessions[0], lease: .seconds(45)),
      .hold(session: sessions[1], lease: .seconds(45)),
      .hold(session: sessions[2], lease: .seconds(45))
    )
    #expect(held == [.done, .refused(.unknownSession), .refused(.unknownSession)])
    shift.advance(by: .seconds(40))
    #expect(try await apply(.expire(limit: 9)) == [.expired(1)], "the one that was given up")
    #expect(try await apply(.hold(session: sessions[0], lease: .seconds(1))) == [.done])
    shift.advance(by: .seconds(2))
    #expect(try await apply(.hold(session: sessions[0], lease: .seconds(45))) == [.refused(.unknownSession)])
  }

  @Test("many tasks never sell a seat twice", arguments: StoreKind.available)
  func concurrency(kind: StoreKind) async throws {
    let store = try await kind.makeStore()
    let committer = BatchCommitter(store: store)
    var random = SplitMix64(seed: 4)
    let hosts = (0..<8).map { _ in HostID.random(using: &random) }
    for host in hosts {
      let actions: [Command.Action] = [
        .register(HostRecord(id: host, seats: 3, body: [])), .takeHome(host: host, indexer: "one"),
      ]
      _ = try await store.apply(actions.map { Command(id: .random(using: &random), action: $0) })
    }
    let reserved = try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<100 {
        group.addTask {
          var random = SplitMix64(seed: UInt64(task) + 100)
          let action = Command.Action.reserve(
            session: .random(using: &random),
            host: hosts[task % 8],
            player: .random(using: &random),
            lease: .seconds(60)
          )
          return try await committer.apply(Command(id: .random(using: &random), action: action)) == .reserved ? 1 : 0
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(reserved == 24)
    let snapshot = try await store.snapshot().0
    #expect(snapshot.hosts.allSatisfy { $0.usedSeats == 3 })
    #expect(snapshot.sessions.count == 24)
  }

  @Test("who waits for changes is woken by one", arguments: StoreKind.available)
  func waiting(kind: StoreKind) async throws {
    let store = try await kind.makeStore()
    let begun = ContinuousClock.now
    async let wait: Void = store.waitForChanges(timeout: .seconds(30))
    let record = IndexerRecord(name: "one", body: [])
    _ = try await store.apply([Command(id: RequestID(high: 1, low: 1), action: .announce(record, lease: .seconds(3)))])
    await wait
    #expect(ContinuousClock.now - begun < .seconds(10))
  }
}

/// What a reader knows, without the time that passes.
struct Image: Equatable {
  var hosts: [HostID: HostRow] = [:]
  var sessions: [SessionID: SessionRow] = [:]
  var indexers: [String: IndexerRecord] = [:]

  init() {}

  init(_ snapshot: Snapshot) {
    for host in snapshot.hosts { self.fold(.host(host)) }
    for session in snapshot.sessions { self.fold(.session(session)) }
    for indexer in snapshot.indexers { self.fold(.indexer(indexer)) }
  }

  init(_ model: ModelState) {
    for host in model.hosts.values { self.fold(.host(host)) }
    for session in model.sessions.values { self.fold(.session(session.row(now: .zero))) }
    for indexer in model.indexers.values { self.fold(.indexer(indexer.row(now: .zero))) }
  }

  mutating func fold(_ change: Change) {
    switch change {
    case .host(let row): self.hosts[row.record.id] = row
    case .session(var row):
      row.remaining = .zero
      if case .ended = row.state { self.sessions[row.id] = nil } else { self.sessions[row.id] = row }
    case .indexer(let row): self.indexers[row.record.name] = row.record
    }
  }
}
