internal import GRDB
internal import Glibc
internal import IndexAPI
public import MediaUnits
public import Storage
internal import Synchronization

/// Storage in one file, `network.sqlite`, for one indexer.
///
/// Everything is in memory too, and every question is answered from there. Every batch is one transaction, in the
/// write-ahead log and on the disk (`synchronous=FULL`) before it is acknowledged. Reads see whole commits only, and wait
/// for the one that runs.
public final class SQLiteStore: NetworkStore {
  static let origin = "local"
  /// Pages of the log after which they are copied into the database, while writers wait: 128 MiB.
  private static let logPageCount = 32768

  /// What is in the file and what has changed there, used on the database's queue only, one after the other.
  private struct State {
    /// `nil` after an error, when it must be loaded anew.
    var image: Image?
    var feed: ChangeFeed
    var logRoom: LogRoom

    /// Hands out the image alone, so that it is changed in place, and not again if `body` fails.
    mutating func withImage<Value>(_ database: Database, _ body: (inout Image) throws -> Value) throws -> Value {
      var image = try self.image.take() ?? Image(in: database)
      let value = try body(&image)
      self.image = image
      return value
    }
  }

  private let queue: DatabaseQueue
  private let state: Mutex<State>
  private let lock: DirectoryLock
  private let now: @Sendable () -> Instant
  private let clock: any Clock<Duration>
  private let signal = ChangeSignal()
  private let latest = Mutex(Instant.zero)
  private let changeCount: Int

  /// Opens or creates `network.sqlite`, readable by its owner only.
  ///
  /// - Parameters:
  ///   - directory: must exist and belong to one indexer.
  ///   - now: the store's clock; it must go on through restarts, since leases are kept by it.
  ///   - changeCount: how many changes are kept.
  /// - Throws: ``StorageError/unusable(_:)``, which says what to do.
  public init(
    directory: String,
    now: @escaping @Sendable () -> Instant = SQLiteStore.wallClock,
    changeCount: Int = StorageLimits.changeCount
  ) throws(StorageError) {
    let path = directory + "/network.sqlite"
    self.lock = try DirectoryLock(path: directory + "/network.lock")
    self.now = now
    self.changeCount = changeCount
    self.clock = ContinuousClock()
    // SQLite gives its log files the rights of the database.
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .unusable("cannot open \(path): \(String(cString: strerror(errno))); give a directory that can be written")
    }
    close(descriptor)
    do {
      var configuration = Configuration()
      configuration.journalMode = .wal
      // Before anything is written, or another program's file would be changed.
      try DatabaseQueue(path: path).inDatabase { database in
        let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard application == Schema.applicationID || tables == 0 else { throw Foreign() }
        if tables == 0 { try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
      }
      self.queue = try DatabaseQueue(path: path, configuration: configuration)
      try self.queue.inDatabase { database in
        try database.execute(
          sql: """
            PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = \(Self.logPageCount)
            """
        )
        guard try Schema.migrator.hasBeenSuperseded(database) == false else { throw Newer() }
      }
      try Schema.migrator.migrate(self.queue)
      let state = try self.queue.inDatabase { database in
        let opening = try Int64.fetchOne(database, sql: "SELECT count FROM openings") ?? 0
        try database.execute(sql: "UPDATE openings SET count = count + 1")
        // Changes are kept in memory: numbers that were given before a restart must not be taken for new ones.
        var logRoom = LogRoom(path: path + "-wal", limit: Self.logPageCount * 4096)
        logRoom.extend()
        return State(image: try Image(in: database), feed: ChangeFeed(after: opening << 40), logRoom: logRoom)
      }
      self.state = Mutex(state)
    } catch is Foreign {
      throw .unusable("\(path) is another program's; move it away or give another directory")
    } catch is Newer {
      throw .unusable("\(path) was written by a later version; use that version or give another directory")
    } catch {
      throw .unusable("cannot use \(path): \(error)")
    }
  }

  private struct Foreign: Error {}
  private struct Newer: Error {}

  /// The system's wall clock, since 1970.
  public static let wallClock: @Sendable () -> Instant = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  public var durability: Durability { .disk }

  public func apply(_ batch: [Command]) async throws(StorageError) -> [Outcome] {
    precondition(batch.count <= StorageLimits.batchCount, "a batch must not be larger than StorageLimits.batchCount")
    let outcomes = try await self.perform { state, database, now in
      do {
        let (outcomes, changes) = try state.withImage(database) { try $0.apply(batch, in: database, now: now) }
        state.feed.append(changes, keeping: self.changeCount)
        state.logRoom.extend()
        return outcomes
      } catch {
        // It may be in the file for all we know.
        state.feed.interrupt()
        throw error
      }
    }
    self.signal.raise()
    return outcomes
  }

  public func snapshot() async throws(StorageError) -> (Snapshot, Storage.Cursor) {
    try await self.perform { state, database, now in
      let snapshot = try state.withImage(database) { $0.model.snapshot(now: now) }
      return (snapshot, Storage.Cursor(sequences: [Self.origin: state.feed.last]))
    }
  }

  public func changes(after cursor: Storage.Cursor, limit: Int) async throws(StorageError) -> ([Change], Storage.Cursor)
  {
    let last = cursor.sequences[Self.origin] ?? 0
    let result = try await self.perform { state, database, now in
      let feed = state.feed
      return try state.withImage(database) { feed.changes(after: last, limit: limit, in: $0.model, now: now) }
    }
    guard let (changes, next) = result else { throw .outdated }
    return (changes, Storage.Cursor(sequences: cursor.sequences.merging([Self.origin: next]) { $1 }))
  }

  public func waitForChanges(timeout: Duration) async {
    await self.signal.wait(timeout: timeout, clock: self.clock)
  }

  public func lookup(_ key: Lookup) async throws(StorageError) -> LookupResult {
    try await self.perform { state, database, now in
      try state.withImage(database) { $0.model.lookup(key, now: now) }
    }
  }

  /// The clock never goes back, so that no lease becomes longer by a correction.
  private func time() -> Instant {
    let now = self.now()
    return self.latest.withLock { latest in
      latest = max(latest, now)
      return latest
    }
  }

  /// Runs `body` after whatever came before it.
  private func perform<Value: Sendable>(
    _ body: @escaping @Sendable (inout State, Database, Instant) throws -> Value
  ) async throws(StorageError) -> Value {
    let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
      self.queue.asyncWriteWithoutTransaction { database in
        continuation.resume(
          returning: Self.result {
            try self.state.withLock { try body(&$0, database, self.time()) }
          }
        )
      }
    }
    return try result.get()
  }

  private static func result<Value>(_ body: () throws -> Value) -> Result<Value, StorageError> {
    do {
      return .success(try body())
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_INTERRUPT:
        return .failure(.unavailable("network.sqlite: \(error)"))
      default: return .failure(.unusable("network.sqlite: \(error)"))
      }
    } catch {
      return .failure(.unusable("network.sqlite: \(error)"))
    }
  }
}
