import IndexAPI
import MediaUnits
import Storage
import Testing

@Suite("A store keeps no more than it must", .timeLimit(.minutes(1)))
struct ForgettingTests {
  @Test("who is too far behind is told so, and a new snapshot helps", arguments: StoreKind.available)
  func outdated(kind: StoreKind) async throws {
    let store = try await kind.makeStore(changeCount: 100)
    var random = SplitMix64(seed: 21)
    let old = try await store.snapshot().1
    var isOutdated = false
    // The model forgets in strides of thousands, PostgreSQL beside its batches.
    for _ in 0..<400 where !isOutdated {
      let batch = (0..<64).map { number in
        let record = IndexerRecord(name: "n\(number)", body: [])
        return Command(id: .random(using: &random), action: .announce(record, lease: .seconds(60)))
      }
      _ = try await store.apply(batch)
      isOutdated = await Self.isOutdated(old, in: store)
    }
    #expect(isOutdated)
    let (snapshot, cursor) = try await store.snapshot()
    #expect(snapshot.indexers.count == 64)
    #expect(try await store.changes(after: cursor, limit: 10).0.isEmpty)
  }

  @Test("old outcomes, ended sessions and lost indexers are removed, live ones never", arguments: StoreKind.available)
  func memory(kind: StoreKind) async throws {
    // The model removes in strides of thousands; what it holds is one process's.
    guard kind != .model else { return }
    let shift = Shift()
    let store = try await kind.makeStore(shift: shift)
    var random = SplitMix64(seed: 22)
    let host = HostID.random(using: &random)
    let sessions = (0..<2).map { _ in SessionID.random(using: &random) }
    let player = PlayerID.random(using: &random)
    let actions: [Command.Action] = [
      .register(HostRecord(id: host, seats: 2, body: [])), .takeHome(host: host, indexer: "one"),
      .reserve(session: sessions[0], host: host, player: player, lease: .seconds(100_000)),
      .reserve(session: sessions[1], host: host, player: player, lease: .seconds(100_000)),
      .announce(IndexerRecord(name: "lost", body: []), lease: .seconds(3)),
      .release(session: sessions[1], reason: "over"),
    ]
    let commands = actions.map { Command(id: .random(using: &random), action: $0) }
    let outcomes = try await store.apply(commands)
    #expect(outcomes == [.done, .home(epoch: 1), .reserved, .reserved, .done, .done])
    shift.advance(by: StorageLimits.commandMemory - .seconds(10))
    try await Self.apply(200, to: store, random: &random)
    #expect(try await store.lookup(.command(commands[2].id)) == .outcome(.reserved))

    shift.advance(by: StorageLimits.sessionMemory)
    // PostgreSQL removes beside its batches.
    for _ in 0..<40 where try await store.lookup(.session(sessions[1])) != .nothing {
      try await Self.apply(70, to: store, random: &random)
    }
    for command in commands { #expect(try await store.lookup(.command(command.id)) == .nothing) }
    #expect(try await store.lookup(.session(sessions[1])) == .nothing)
    guard case .session = try await store.lookup(.session(sessions[0])) else {
      Issue.record("a live session was removed")
      return
    }
    for _ in 0..<40 where try await store.snapshot().0.indexers.count > 1 {
      try await Self.apply(70, to: store, random: &random)
    }
    let snapshot = try await store.snapshot().0
    #expect(snapshot.indexers.map(\.record.name) == ["one"])
    #expect(snapshot.hosts.map(\.usedSeats) == [1])
  }

  private static func isOutdated(_ cursor: Cursor, in store: any NetworkStore) async -> Bool {
    do throws(StorageError) {
      _ = try await store.changes(after: cursor, limit: 1)
      return false
    } catch {
      return error == .outdated
    }
  }

  private static func apply(_ count: Int, to store: any NetworkStore, random: inout SplitMix64) async throws {
    for _ in 0..<count {
      let action = Command.Action.announce(IndexerRecord(name: "one", body: []), lease: .seconds(60))
      _ = try await store.apply([Command(id: .random(using: &random), action: action)])
    }
  }
}
