public import IndexAPI

/// One change to what the network must not forget; applying it twice changes nothing the second time.
public struct Command: Hashable, Sendable {
  /// Whoever sees no answer repeats the command with the same identifier, and gets the first outcome.
  public var id: RequestID
  public var action: Action

  public init(id: RequestID, action: Action) {
    self.id = id
    self.action = action
  }

  /// Leases and times to live are intervals: the store's own clock starts them.
  public enum Action: Hashable, Sendable {
    /// Adds a host, or replaces what it says of itself. Its state, home and sessions stay. → `done`
    case register(HostRecord)
    /// Makes an indexer the home of a host, from now on with a higher epoch; the host is on standby, with all its seats
    /// offered, until a report says otherwise. One that was offline is silent instead: its sessions were ended, and some
    /// may still run there. → `home`, or refused as `unknownHost`
    case takeHome(host: HostID, indexer: String)
    /// What the home knows of its host, when that changes: its state, and how many sessions at most the host gives its
    /// word for, at most its seats. The sessions of a host that is offline end. → `done`, or refused as `unknownHost` or
    /// `staleEpoch`
    case report(host: HostID, epoch: Int, state: HostState, offeredSeats: Int)
    /// Gives a seat to a player, for `lease`. → `reserved`, or refused as `unknownHost`, `notOnStandby`, `full`,
    /// `playerLimit` or `sessionExists`
    case reserve(session: SessionID, host: HostID, player: PlayerID, lease: Duration)
    /// Its player still means to come: a reservation goes on for `lease` from now. → `done`, or refused as
    /// `unknownSession`
    case hold(session: SessionID, lease: Duration)
    /// The host says that the session runs: it goes on for `lease` from now. → `done`, or refused as `unknownSession`
    /// or `otherHost`
    case confirm(session: SessionID, host: HostID, lease: Duration)
    /// Moves the end of a session that runs. → `done`, or refused as `unknownSession`
    case extend(session: SessionID, lease: Duration)
    /// Nobody will come for a session any more, or whoever came is to go. Its seat stays taken until it is released, or
    /// until its lease is over; it counts no longer for its player. → `done`, or refused as `unknownSession`
    case close(session: SessionID)
    /// A host that was offline is back, and a session that was ended for that still runs there: it goes on for `lease`.
    /// → `done`, or refused as `unknownSession`, `otherHost` or `full`
    case revive(session: SessionID, host: HostID, lease: Duration)
    /// Ends a session, whatever its state; its seat is free. → `done`, or refused as `unknownSession`
    case release(session: SessionID, reason: String)
    /// Ends at most `limit` sessions whose lease is over, oldest first. → `expired`
    case expire(limit: Int)
    /// An indexer is alive for `lease`, and this is what others must know of it. → `done`
    case announce(IndexerRecord, lease: Duration)
  }
}

/// What a store keeps of a host's own words.
public struct HostRecord: Hashable, Sendable {
  /// The most bytes of ``body``.
  public static let maximumBodyByteCount = 64 << 10

  public var id: HostID
  /// 1 ... 64.
  public var seats: Int
  /// Opaque to the store.
  public var body: [UInt8]

  public init(id: HostID, seats: Int, body: [UInt8]) {
    self.id = id
    self.seats = seats
    self.body = body
  }
}

/// What indexers tell each other about themselves.
public struct IndexerRecord: Hashable, Sendable {
  /// Unique among indexers, at most 64 bytes.
  public var name: String
  /// Opaque to the store, such as address and signing keys.
  public var body: [UInt8]

  public init(name: String, body: [UInt8]) {
    self.name = name
    self.body = body
  }
}

/// What became of a command.
public enum Outcome: Hashable, Sendable {
  case done
  /// The epoch of the new home.
  case home(epoch: Int)
  case reserved
  /// How many sessions were ended.
  case expired(Int)
  case refused(Refusal)

  public enum Refusal: String, Hashable, Sendable, CaseIterable {
    case unknownHost, notOnStandby, full, playerLimit, sessionExists, unknownSession, otherHost, staleEpoch
  }
}

/// Rules that every store keeps.
public enum StorageLimits {
  /// Sessions that one player may hold at once, reserved or running.
  public static let sessionsPerPlayer = 4
  /// How long at least the outcome of a command is remembered.
  public static let commandMemory: Duration = .seconds(600)
  /// How long an ended session can be looked up; longer than any change names it.
  public static let sessionMemory: Duration = .seconds(3600)
  /// How long a lost indexer is still named.
  public static let indexerMemory: Duration = .seconds(3600)
  /// How long changes are kept for readers who are behind.
  public static let changeMemory: Duration = .seconds(600)
  /// The most changes of one writer that are kept, but for what one removal leaves.
  public static let changeCount = 1 << 18
  /// The most commands of one batch.
  public static let batchCount = 512
}
