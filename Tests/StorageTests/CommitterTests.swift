import IndexAPI
import MediaUnits
import Storage
import Synchronization
import Testing

@Suite("The committer joins commands and repeats them safely", .timeLimit(.minutes(1)))
struct CommitterTests {
  @Test("a store that fails before or after its commit gives each command one outcome", arguments: StoreKind.available)
  func faults(kind: StoreKind) async throws {
    let store = try await kind.makeStore()
    let faulty = FaultyStore(store, seed: 11)
    let committer = BatchCommitter(store: faulty)
    var random = SplitMix64(seed: 12)
    let hosts = (0..<4).map { _ in HostID.random(using: &random) }
    for host in hosts {
      let actions: [Command.Action] = [
        .register(HostRecord(id: host, seats: 5, body: [1])), .takeHome(host: host, indexer: "one"),
      ]
      _ = try await store.apply(actions.map { Command(id: .random(using: &random), action: $0) })
    }
    let outcomes = await withTaskGroup(of: [(Command, Outcome)].self) { group in
      for task in 0..<8 {
        group.addTask {
          var random = SplitMix64(seed: UInt64(task) + 1000)
          var outcomes: [(Command, Outcome)] = []
          while outcomes.count < 8 {
            let action = Command.Action.reserve(
              session: .random(using: &random),
              host: hosts[task % 4],
              player: .random(using: &random),
              lease: .seconds(60)
            )
            let command = Command(id: .random(using: &random), action: action)
            var outcome: Outcome?
            while outcome == nil { outcome = try? await committer.apply(command) }
            outcomes.append((command, outcome!))
          }
          return outcomes
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(faulty.faultCount > 0)
    for (command, outcome) in outcomes {
      #expect(try await store.lookup(.command(command.id)) == .outcome(outcome))
    }
    #expect(outcomes.count { $0.1 == .reserved } == 20)
    let snapshot = try await store.snapshot().0
    #expect(snapshot.hosts.map(\.usedSeats) == [5, 5, 5, 5])
    #expect(snapshot.sessions.count == 20)
  }

  @Test("what comes while one batch is committed is the next batch")
  func joining() async throws {
    let store = CountingStore()
    let committer = BatchCommitter(store: store)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<1000 {
        group.addTask {
          let outcome = try await committer.apply(CountingStore.command(number))
          #expect(outcome == .home(epoch: number))
        }
      }
      try await group.waitForAll()
    }
    let sizes = store.batchSizes
    #expect(sizes.reduce(0, +) == 1000)
    #expect(sizes.count < 200, "\(sizes)")
    #expect(sizes.allSatisfy { $0 <= StorageLimits.batchCount })
    #expect(committer.waitingCount == 0)
  }

  @Test("a store that cannot be used is not asked again, and everyone who waits learns of it")
  func unusable() async {
    let store = CountingStore(failure: .unusable("gone"))
    let committer = BatchCommitter(store: store)
    let errors = await withTaskGroup(of: StorageError?.self) { group in
      for number in 0..<50 {
        group.addTask {
          do throws(StorageError) {
            _ = try await committer.apply(CountingStore.command(number))
            return nil
          } catch {
            return error
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(errors == Array(repeating: .unusable("gone"), count: 50))
    #expect(store.batchSizes.reduce(0, +) == 50)
  }
}

/// Answers each command with a number of its own, after a while.
private final class CountingStore: NetworkStore {
  private let sizes = Mutex<[Int]>([])
  private let failure: StorageError?

  init(failure: StorageError? = nil) { self.failure = failure }

  static func command(_ number: Int) -> Command {
    Command(id: RequestID(high: 0, low: UInt64(number)), action: .expire(limit: 0))
  }

  var batchSizes: [Int] { self.sizes.withLock { $0 } }
  var durability: Durability { .none }

  func apply(_ batch: [Command]) async throws(StorageError) -> [Outcome] {
    self.sizes.withLock { $0.append(batch.count) }
    try? await Task.sleep(for: .milliseconds(1))
    if let failure { throw failure }
    return batch.map { .home(epoch: Int($0.id.low)) }
  }

  func snapshot() async throws(StorageError) -> (Snapshot, Cursor) { throw .unusable("has nothing") }
  func changes(after cursor: Cursor, limit: Int) async throws(StorageError) -> ([Change], Cursor) { ([], cursor) }
  func waitForChanges(timeout: Duration) async {}
  func lookup(_ key: Lookup) async throws(StorageError) -> LookupResult { .nothing }
}
