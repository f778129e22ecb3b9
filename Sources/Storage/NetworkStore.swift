public import IndexAPI

/// What hosts, seats and indexers there are, kept so that nothing acknowledged is ever lost.
///
/// Every store gives the outcomes that ``ModelStore`` gives. Geography, liveness and round trips are none of its
/// business. Any task may call it at any time.
public protocol NetworkStore: Sendable {
  /// What an answer of ``apply(_:)`` means for a machine that loses its power now.
  var durability: Durability { get }

  /// Applies each command wholly or not at all, in order, and returns when all of them are durable.
  ///
  /// - Parameter batch: at most ``StorageLimits/batchCount``.
  /// - Throws: ``StorageError``; which of the commands took effect is then unknown: repeat them.
  func apply(_ batch: [Command]) async throws(StorageError) -> [Outcome]

  /// Everything that is alive, and the cursor from which ``changes(after:limit:)`` goes on.
  func snapshot() async throws(StorageError) -> (Snapshot, Cursor)

  /// What has changed since, every writer's changes in the order in which they were made.
  ///
  /// Each thing is given as it is when it is read, which may be newer than the change; so changes of several writers
  /// to one host can be taken in any order and never bring back what is old. A session's change brings its host.
  ///
  /// - Returns: as many changes as `limit` allows, and the cursor for the next call.
  func changes(after cursor: Cursor, limit: Int) async throws(StorageError) -> ([Change], Cursor)

  /// Waits until there may be changes, made by any process, or until `timeout`.
  func waitForChanges(timeout: Duration) async

  func lookup(_ key: Lookup) async throws(StorageError) -> LookupResult
}

/// What is safe when ``NetworkStore/apply(_:)`` has returned.
public enum Durability: String, Hashable, Sendable {
  /// Nothing: it is gone with the process.
  case none
  /// It is on the disk.
  case disk
  /// It is on the disks of as many machines as the database was told to wait for.
  case database
}

/// Why a store did not answer.
public enum StorageError: Error, Hashable, Sendable {
  /// It cannot be reached, or not in time; trying again may help.
  case unavailable(String)
  /// It cannot be used: no such file, no rights, another program's data.
  case unusable(String)
  /// The cursor is older than the changes that are kept: take a new snapshot and go on from there.
  case outdated
}

/// A host as the store knows it.
public struct HostRow: Hashable, Sendable {
  public var record: HostRecord
  public var state: HostState
  /// Sessions that the host gives its word for, 0 ... seats.
  public var offeredSeats: Int
  /// Sessions reserved or running.
  public var usedSeats: Int
  /// The indexer that is its home; empty before the first.
  public var home: String
  public var epoch: Int

  public init(record: HostRecord, state: HostState, offeredSeats: Int, usedSeats: Int, home: String, epoch: Int) {
    self.record = record
    self.state = state
    self.offeredSeats = offeredSeats
    self.usedSeats = usedSeats
    self.home = home
    self.epoch = epoch
  }
}

/// A session as the store knows it.
public struct SessionRow: Hashable, Sendable {
  public enum State: Hashable, Sendable {
    case reserved
    case running
    /// Given up, but its host may still be playing it: the seat is not free.
    case closing
    case ended(reason: String)
  }

  /// Why the sessions of a host end that is offline.
  public static let hostOffline = "its host is offline"

  public var id: SessionID
  public var host: HostID
  public var player: PlayerID
  public var state: State
  /// Until the lease is over, by the store's clock, when the row was read; negative when it is over.
  public var remaining: Duration

  public init(id: SessionID, host: HostID, player: PlayerID, state: State, remaining: Duration) {
    self.id = id
    self.host = host
    self.player = player
    self.state = state
    self.remaining = remaining
  }
}

/// An indexer as the store knows it.
public struct IndexerRow: Hashable, Sendable {
  public var record: IndexerRecord
  /// Until it counts as lost; negative when it does.
  public var remaining: Duration

  public init(record: IndexerRecord, remaining: Duration) {
    self.record = record
    self.remaining = remaining
  }
}

/// Hosts, live sessions and indexers at one moment.
public struct Snapshot: Sendable {
  public var hosts: [HostRow]
  public var sessions: [SessionRow]
  public var indexers: [IndexerRow]

  public init(hosts: [HostRow], sessions: [SessionRow], indexers: [IndexerRow]) {
    self.hosts = hosts
    self.sessions = sessions
    self.indexers = indexers
  }
}

/// Something that changed, as it is after the change.
public enum Change: Hashable, Sendable {
  case host(HostRow)
  case session(SessionRow)
  case indexer(IndexerRow)
}

/// How far a reader has come in each writer's changes.
public struct Cursor: Hashable, Sendable {
  /// The last sequence number read, by the writer's name.
  public var sequences: [String: Int64]

  public init(sequences: [String: Int64] = [:]) {
    self.sequences = sequences
  }
}

/// A question that names what it is about.
public enum Lookup: Hashable, Sendable {
  case host(HostID)
  case session(SessionID)
  /// Live sessions of a player.
  case sessions(of: PlayerID)
  /// The first outcome of a command.
  case command(RequestID)
}

public enum LookupResult: Hashable, Sendable {
  case host(HostRow)
  case session(SessionRow)
  case sessions([SessionRow])
  case outcome(Outcome)
  case nothing
}
