import MediaUnits
import Storage
import Synchronization

/// A store that fails by chance, as one behind a network does: before it has done anything, or after all of it; or it
/// is asked twice.
final class FaultyStore: NetworkStore {
  private enum Fault: CaseIterable { case none, before, after, twice, late }

  private let store: any NetworkStore
  private let random: Mutex<SplitMix64>
  /// How often it failed.
  private let faults = Mutex(0)

  init(_ store: any NetworkStore, seed: UInt64) {
    self.store = store
    self.random = Mutex(SplitMix64(seed: seed))
  }

  var faultCount: Int { self.faults.withLock { $0 } }
  var durability: Durability { self.store.durability }

  func apply(_ batch: [Command]) async throws(StorageError) -> [Outcome] {
    switch self.random.withLock({ Fault.allCases[Int($0.next() % 5)] }) {
    case .none: return try await self.store.apply(batch)
    case .before: throw self.failure()
    case .after:
      _ = try await self.store.apply(batch)
      throw self.failure()
    case .twice:
      _ = try await self.store.apply(batch)
      return try await self.store.apply(batch)
    case .late:
      try? await Task.sleep(for: .milliseconds(2))
      return try await self.store.apply(batch)
    }
  }

  func snapshot() async throws(StorageError) -> (Snapshot, Cursor) { try await self.store.snapshot() }

  func changes(after cursor: Cursor, limit: Int) async throws(StorageError) -> ([Change], Cursor) {
    try await self.store.changes(after: cursor, limit: limit)
  }

  func waitForChanges(timeout: Duration) async { await self.store.waitForChanges(timeout: timeout) }

  func lookup(_ key: Lookup) async throws(StorageError) -> LookupResult { try await self.store.lookup(key) }

  private func failure() -> StorageError {
    self.faults.withLock { $0 += 1 }
    return .unavailable("by chance")
  }
}
