import GRDB
import IndexAPI
import MediaUnits
import SQLiteStorage
import Storage
import Testing

@Suite("An SQLite store holds what its file holds", .timeLimit(.minutes(1)))
struct SQLiteFileTests {
  @Test("after a restart it goes on as if there had been none", arguments: [1, 2, 3] as [UInt64])
  func restart(seed: UInt64) async throws {
    let shift = Shift()
    let directory = try StoreKind.makeDirectory()
    var model = ModelState()
    var commands = CommandSequence(seed: seed)
    var now = Instant.zero
    var past: Storage.Cursor?
    for _ in 0..<15 {
      let store = try await Self.open(directory, shift: shift)
      if let past { #expect(await Self.isOutdated(past, in: store), "its changes are gone with the process") }
      for _ in 0..<4 {
        if commands.chance(4) == 0 {
          shift.advance(by: .seconds(10))
          now += .seconds(10)
        }
        shift.advance(by: .milliseconds(1))
        now += .milliseconds(1)
        let batch = (0..<1 + commands.chance(24)).map { _ in commands.next() }
        let outcomes = try await store.apply(batch)
        #expect(outcomes == batch.map { model.apply($0, now: now) }, "seed \(seed)")
      }
      let (snapshot, cursor) = try await store.snapshot()
      #expect(Image(snapshot) == Image(model), "seed \(seed)")
      for (command, outcome) in model.outcomes {
        #expect(try await store.lookup(.command(command)) == .outcome(outcome), "seed \(seed)")
      }
      past = cursor
    }
  }

  @Test("a batch that could not be committed is nowhere, and readers are told to begin anew")
  func failure() async throws {
    let directory = try StoreKind.makeDirectory()
    let store = try await Self.open(directory, shift: Shift())
    var random = SplitMix64(seed: 41)
    let host = HostID.random(using: &random)
    let actions: [Command.Action] = [
      .register(HostRecord(id: host, seats: 2, body: [1])), .takeHome(host: host, indexer: "one"),
    ]
    _ = try await store.apply(actions.map { Command(id: .random(using: &random), action: $0) })
    let cursor = try await store.snapshot().1
    let session = SessionID.random(using: &random)
    let action = Command.Action.reserve(
      session: session,
      host: host,
      player: .random(using: &random),
      lease: .seconds(60)
    )
    let command = Command(id: .random(using: &random), action: action)

    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: directory + "/network.sqlite", configuration: configuration)
    try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    await #expect(throws: StorageError.self) { try await store.apply([command]) }
    #expect(try await store.lookup(.command(command.id)) == .nothing)
    #expect(try await store.lookup(.session(session)) == .nothing)
    #expect(try await store.snapshot().0.hosts.map(\.usedSeats) == [0])
    #expect(await Self.isOutdated(cursor, in: store))

    try other.inDatabase { try $0.execute(sql: "COMMIT") }
    #expect(try await store.apply([command]) == [.reserved])
    #expect(try await store.apply([command]) == [.reserved])
    let snapshot = try await store.snapshot().0
    #expect(snapshot.hosts.map(\.usedSeats) == [1])
    #expect(snapshot.sessions.map(\.id) == [session])
  }

  /// Opens the store; the one before it lets go of the file a moment after its last answer.
  private static func open(_ directory: String, shift: Shift) async throws -> SQLiteStore {
    for _ in 0..<1000 {
      if let store = try? SQLiteStore(directory: directory, now: { Instant.zero + shift.value }) {
        return store
      }
      try await Task.sleep(for: .milliseconds(1))
    }
    return try SQLiteStore(directory: directory, now: { Instant.zero + shift.value })
  }

  private static func isOutdated(_ cursor: Storage.Cursor, in store: any NetworkStore) async -> Bool {
    do throws(StorageError) {
      _ = try await store.changes(after: cursor, limit: 1)
      return false
    } catch {
      return error == .outdated
    }
  }
}
