internal import IndexAPI
public import MediaUnits
internal import Synchronization

/// The specification of a ``NetworkStore``: everything in memory, and gone with the process.
public final class ModelStore: NetworkStore {
  /// The only writer's name in cursors.
  private static let origin = "model"

  fileprivate struct State {
    var model = ModelState()
    var feed = ChangeFeed()
    var commands: [(id: RequestID, time: Instant)] = []
    var ended: [(id: SessionID, time: Instant)] = []
  }

  private let now: @Sendable () -> Instant
  private let clock: any Clock<Duration>
  private let changeCount: Int
  private let state = Mutex(State())
  private let signal = ChangeSignal()

  /// - Parameters:
  ///   - now: the store's clock, which starts leases.
  ///   - clock: what ``waitForChanges(timeout:)`` waits by.
  ///   - changeCount: how many changes are kept.
  public init(
    now: @escaping @Sendable () -> Instant,
    clock: any Clock<Duration>,
    changeCount: Int = StorageLimits.changeCount
  ) {
    self.now = now
    self.clock = clock
    self.changeCount = changeCount
  }

  public var durability: Durability { .none }

  public func apply(_ batch: [Command]) async throws(StorageError) -> [Outcome] {
    precondition(batch.count <= StorageLimits.batchCount, "a batch must not be larger than StorageLimits.batchCount")
    let outcomes = self.state.withLock { state in
      let now = self.now()
      let outcomes = batch.map { state.model.apply($0, now: now) }
      state.record(now: now, changeCount: self.changeCount)
      state.forget(now: now)
      return outcomes
    }
    self.signal.raise()
    return outcomes
  }

  public func snapshot() async throws(StorageError) -> (Snapshot, Cursor) {
    self.state.withLock { state in
      (state.model.snapshot(now: self.now()), Cursor(sequences: [Self.origin: state.feed.last]))
    }
  }

  public func changes(after cursor: Cursor, limit: Int) async throws(StorageError) -> ([Change], Cursor) {
    let result = self.state.withLock { state in
      state.feed.changes(
        after: cursor.sequences[Self.origin] ?? 0,
        limit: limit,
        in: state.model,
        now: self.now()
      )
    }
    guard let (changes, last) = result else { throw .outdated }
    var next = cursor
    next.sequences[Self.origin] = last
    return (changes, next)
  }

  public func waitForChanges(timeout: Duration) async {
    await self.signal.wait(timeout: timeout, clock: self.clock)
  }

  public func lookup(_ key: Lookup) async throws(StorageError) -> LookupResult {
    self.state.withLock { $0.model.lookup(key, now: self.now()) }
  }
}

extension ModelStore.State {
  mutating func record(now: Instant, changeCount: Int) {
    let touched = self.model.takeTouched()
    self.feed.append(touched.changes, keeping: changeCount)
    self.commands += touched.commands.map { ($0.id, now) }
    self.ended += touched.sessions.filter { self.model.sessions[$0]?.isLive == false }.map { ($0, now) }
  }

  /// Forgets what is too old, in strides, so that arrays are not moved for each command.
  mutating func forget(now: Instant) {
    let stride = 4096
    if self.commands.count > stride, self.commands[stride].time < now - StorageLimits.commandMemory {
      for command in self.commands[..<stride] { self.model.forget(command: command.id) }
      self.commands.removeFirst(stride)
    }
    if self.ended.count > stride, self.ended[stride].time < now - StorageLimits.sessionMemory {
      for session in self.ended[..<stride] { self.model.forget(session: session.id) }
      self.ended.removeFirst(stride)
    }
    self.model.forgetIndexers(lostBefore: now - StorageLimits.indexerMemory)
  }
}
