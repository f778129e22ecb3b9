public import Identity
import IndexAPI
public import Logging
import MediaUnits
public import Storage
import Synchronization

/// The indexer itself, without HTTP: hosts register and are heard here, players get their seats here.
///
/// Everything that is needed to choose is in memory, behind one lock that is never held while anything waits; what must
/// not be forgotten is in the store before it is acknowledged. Several of these on one store are one network: they
/// read each other's changes, and each is the home of some of the hosts.
///
/// - Spec: Protocol/indexer.md.
public final class IndexService: Sendable {
  public let name: String
  public let limits: IndexerLimits
  let identity: IdentityKey
  let store: any NetworkStore
  let committer: BatchCommitter
  let clock: IndexClock
  let logger: Logger
  let started: Instant
  let state: Mutex<ServiceState>
  let keyring: Keyring
  let gate: RequestGate
  let url: Mutex<String>
  /// How often another part of the network is looked at. Tests on their own clock do it themselves.
  private let runsUpkeep: Bool

  public init(
    name: String,
    identity: IdentityKey,
    store: any NetworkStore,
    url: String,
    limits: IndexerLimits = IndexerLimits(),
    clock: IndexClock = .system,
    runsUpkeep: Bool = true,
    logger: Logger
  ) {
    self.name = name
    self.limits = limits
    self.identity = identity
    self.store = store
    self.committer = BatchCommitter(store: store)
    self.clock = clock
    self.logger = logger
    self.started = clock.instant()
    self.keyring = Keyring(identity: identity, now: clock.unixSeconds)
    self.gate = RequestGate(limits: limits)
    self.url = Mutex(url)
    self.runsUpkeep = runsUpkeep
    var random = SystemRandomNumberGenerator()
    self.state = Mutex(ServiceState(name: name, limits: limits, salt: random.next()))
  }

  /// Where others reach this indexer.
  public var publicURL: String {
    get { self.url.withLock { $0 } }
    set { self.url.withLock { $0 = newValue } }
  }

  /// Reads the store.
  public func prepare() async throws(StorageError) {
    try await self.reload()
  }

  /// Keeps up with the store, the clock and the other indexers until the task is cancelled, then says goodbye.
  ///
  /// - Precondition: ``prepare()`` has returned.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.followChanges() }
      if self.runsUpkeep { group.addTask { await self.keepUp() } }
    }
    self.closeStreams()
  }

  func closeStreams() {
    let streams = self.state.withLock { state in
      defer { state.streams = [:] }
      return Array(state.streams.values)
    }
    for stream in streams { stream.finish() }
  }

  /// Makes a change durable.
  ///
  /// - Throws: a problem when the store does not answer.
  func commit(_ action: Command.Action) async throws(Problem) -> Outcome {
    do {
      return try await self.committer.apply(action)
    } catch {
      self.state.withLock { $0.figures.storeFailures += 1 }
      self.logger.warning("the store does not answer: \(error)")
      throw Problem(.unavailable, "The store does not answer; ask again in a second, with the same request.")
    }
  }

  /// Asks the store.
  func lookup(_ key: Lookup) async throws(Problem) -> LookupResult {
    do {
      return try await self.store.lookup(key)
    } catch {
      self.state.withLock { $0.figures.storeFailures += 1 }
      self.logger.warning("the store does not answer: \(error)")
      throw Problem(.unavailable, "The store does not answer; ask again in a second.")
    }
  }
}
