public import Storage
internal import IndexAPI
internal import MediaUnits
internal import Synchronization

/// Storage in PostgreSQL, for several indexers.
///
/// One connection writes, one reads, one listens, each on a thread of its own. The database's row locks are the arbiter
/// between indexers, and its clock is the store's. What a stopped indexer has locked, the server frees in a second.
public final class PostgresStore: NetworkStore {
  private static let batchesPerTrimming = 64
  /// How long a write of another indexer may stay unseen when no notification comes.
  private static let pollingInterval: Duration = .milliseconds(20)

  private let name: String
  private let changeCount: Int
  private let shift: @Sendable () -> Duration
  private let writing: ConnectionThread
  private let reading: ConnectionThread
  private let trimming: ConnectionThread
  private let listener: Listener
  private let signal: ChangeSignal
  private let batchCount = Atomic<Int>(0)

  /// Connects and creates the tables if there are none.
  ///
  /// - Parameters:
  ///   - url: libpq's, such as `postgres://user@host1,host2/database`.
  ///   - name: this indexer's, the same after a restart, and unique.
  ///   - changeCount: how many changes of each writer are kept.
  ///   - patience: how long to wait for indexers of an older version to be gone; longer than one is alive after its last
  ///     word.
  ///   - shift: is added to the database's clock; tests let time pass with it.
  /// - Throws: ``StorageError/unusable(_:)`` or ``StorageError/unavailable(_:)``.
  public init(
    url: String,
    name: String,
    changeCount: Int = StorageLimits.changeCount,
    patience: Duration = .seconds(4),
    shift: @escaping @Sendable () -> Duration = { .zero }
  ) async throws(StorageError) {
    self.name = name
    self.changeCount = changeCount
    self.shift = shift
    self.writing = ConnectionThread(url: url, name: "martlet.writing")
    self.reading = ConnectionThread(url: url, name: "martlet.reading")
    self.trimming = ConnectionThread(url: url, name: "martlet.trimming")
    self.signal = ChangeSignal()
    self.listener = Listener(url: url, signal: self.signal)
    try await Self.openSchema(url: url, patience: patience)
    try await self.writing.run { connection throws(PostgresError) in
      let add = Query(
        name: "add_writer",
        sql: "INSERT INTO writers (name) VALUES ($1) ON CONFLICT DO NOTHING",
        parameters: [name]
      )
      _ = try connection.pipeline([add])
    }
    self.listener.start()
  }

  private static func openSchema(url: String, patience: Duration) async throws(StorageError) {
    let opening = ConnectionThread(url: url, name: "martlet.opening", checksVersion: false)
    let deadline = ContinuousClock.now + patience
    while true {
      switch try await opening.run({ connection throws(PostgresError) in try Schema.open(on: connection) }) {
      case .ready: return
      case .later(let version):
        throw .unusable(
          "the database's tables are of version \(version), and this Martlet knows \(Schema.version); start a later "
            + "Martlet, or give this one a database of its own"
        )
      case .inUse(let names):
        guard .now < deadline else {
          throw .unusable(
            "indexers of an older Martlet use the database (\(names.joined(separator: ", "))); stop all of them, then "
              + "start this one again"
          )
        }
        try? await Task.sleep(for: .milliseconds(250))
      }
    }
  }

  deinit { self.listener.stop() }

  public var durability: Durability { .database }

  private var microseconds: Int64 { self.shift().wholeNanoseconds / 1000 }

  public func apply(_ batch: [Command]) async throws(StorageError) -> [Outcome] {
    precondition(batch.count <= StorageLimits.batchCount, "a batch must not be larger than StorageLimits.batchCount")
    let run = Batch(commands: batch, writer: self.name, shift: self.microseconds)
    let outcomes = try await self.writing.run { connection throws(PostgresError) in try run.run(on: connection) }
    self.signal.raise()
    if self.batchCount.add(1, ordering: .relaxed).newValue % Self.batchesPerTrimming == 0 {
      let trimming = Trimming(shift: self.microseconds, changeCount: self.changeCount)
      // Nothing depends on it; what fails now is tried again later.
      self.trimming.start { connection throws(PostgresError) in try trimming.run(on: connection) }
    }
    return outcomes
  }

  public func snapshot() async throws(StorageError) -> (Snapshot, Cursor) {
    let shift = self.microseconds
    return try await self.reading.run { connection throws(PostgresError) in
      try Reading.snapshot(on: connection, shift: shift)
    }
  }

  public func changes(after cursor: Cursor, limit: Int) async throws(StorageError) -> ([Change], Cursor) {
    let shift = self.microseconds
    let result = try await self.reading.run { connection throws(PostgresError) in
      try Reading.changes(after: cursor, limit: limit, on: connection, shift: shift)
    }
    guard let result else { throw .outdated }
    return result
  }

  public func waitForChanges(timeout: Duration) async {
    let limit = self.listener.isListening ? timeout : min(timeout, Self.pollingInterval)
    await self.signal.wait(timeout: limit, clock: ContinuousClock())
  }

  public func lookup(_ key: Lookup) async throws(StorageError) -> LookupResult {
    let shift = self.microseconds
    return try await self.reading.run { connection throws(PostgresError) in
      try Reading.lookup(key, on: connection, shift: shift)
    }
  }
}
