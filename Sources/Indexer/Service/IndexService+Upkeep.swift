import IndexAPI
import Logging
import MediaUnits
import Storage
import Synchronization

/// What has to be done as time passes.
extension IndexService {
  static let announceLease: Duration = .seconds(3)
  private static let upkeepInterval: Duration = .seconds(1)
  /// Three missed heartbeats.
  static let silentAfter: Duration = .seconds(15)
  static let offlineAfter: Duration = .seconds(60)
  /// A process that finds that so much time has passed since it last looked was stopped, and must not trust its memory.
  private static let longestGap: Duration = .milliseconds(2_500)
  private static let expireLimit = 256

  func keepUp() async {
    var last = self.clock.instant()
    while !Task.isCancelled {
      let now = self.clock.instant()
      do throws(StorageError) {
        if now - last > Self.longestGap { try await self.awake(after: now - last) }
        last = now
        try await self.upkeep()
      } catch {
        self.state.withLock { $0.figures.storeFailures += 1 }
        self.logger.warning("the store does not answer: \(error)")
      }
      try? await Task.sleep(for: Self.upkeepInterval)
    }
  }

  /// This process was stopped for a while: others may have taken its hosts, and heartbeats may wait unread.
  func awake(after gap: Duration) async throws(StorageError) {
    self.logger.notice("this process did not run for \(gap); reading everything anew")
    try await self.announce()
    try await self.reload()
    let now = self.clock.instant()
    self.state.withLock { state in
      for id in state.homeHosts { state.withHost(id) { $0.lastHeard = now } }
    }
  }

  /// What is due once a second.
  func upkeep() async throws(StorageError) {
    try await self.announce()
    try await self.sweep()
    self.refreshKeys()
    await self.watchHosts()
    await self.adoptHosts()
    let now = self.clock.instant()
    let tick = self.state.withLock { state -> [HostStream] in
      state.forgetEnded(now: now)
      state.compactMatcher()
      state.waiting.removeUnheard(now: now)
      state.unhide()
      state.indexers = state.indexers.filter { $0.value.aliveUntil + .seconds(3_600) > now }
      state.tickCount += 1
      return state.tickCount % IndexService.heartbeatSeconds == 0 ? Array(state.streams.values) : []
    }
    for stream in tick { stream.send(.alive) }
    self.serveWaiting()
  }

  /// Tells the other indexers that this one is alive.
  func announce() async throws(StorageError) {
    let url = self.publicURL
    // Where it listens is not known before the port is open.
    guard !url.isEmpty else { return }
    let record = IndexerRecord(
      name: self.name,
      body: Announcement.body(url: url, signedKeys: self.keyring.signedOwnSet)
    )
    _ = try await self.committer.apply(.announce(record, lease: Self.announceLease))
  }

  /// Ends sessions whose lease is over. Any indexer may, and every one does.
  private func sweep() async throws(StorageError) {
    var isMore = true
    while isMore, !Task.isCancelled {
      let outcome = try await self.committer.apply(.expire(limit: Self.expireLimit))
      isMore = outcome == .expired(Self.expireLimit)
    }
  }

  /// Hosts of this home that have not been heard get no players, and after a minute count as offline: their seats end.
  private func watchHosts() async {
    let now = self.clock.instant()
    let due = self.state.withLock { state in
      state.homeHosts.compactMap { id -> (HostID, HostState, Int)? in
        guard let host = state.hosts[id] else { return nil }
        let silence = now - host.lastHeard
        let state: HostState = silence > Self.offlineAfter ? .offline : .silent
        guard silence > Self.silentAfter, host.state != state, host.state != .offline else { return nil }
        return (id, state, host.offeredSeats)
      }
    }
    await self.forEach(due) { service, change in
      let (host, state, offeredSeats) = change
      service.logger.info("host \(host) is \(state.rawValue)")
      try? await service.report(host, state: state, offeredSeats: offeredSeats)
    }
  }

  /// Hosts whose home is lost get another: of the indexers that live, the one that a hash of both names says.
  private func adoptHosts() async {
    let now = self.clock.instant()
    // Whoever has not been heard of may only not have been read yet.
    guard now - self.started > Self.announceLease else { return }
    let orphans = self.state.withLock { state in
      let living = state.indexers.filter { $0.value.aliveUntil > now }.map(\.key)
      let homes = Set(living + [self.name])
      return state.homeNames.filter { !$0.isEmpty && !homes.contains($0) }
        .flatMap { state.hosts(ofHome: $0) }.compactMap { state.hosts[$0] }
        .filter { $0.state != .offline && Rendezvous.winner(for: $0.id, among: homes) == self.name }
    }
    await self.forEach(orphans) { service, host in await service.adopt(host) }
  }

  private func adopt(_ host: KnownHost) async {
    self.logger.info("taking host \(host.id) home from \(host.home)")
    do throws(Problem) {
      let outcome = try await self.commit(.takeHome(host: host.id, indexer: self.name))
      guard case .home(let epoch) = outcome else { return }
      self.welcome(host.id, host.description, epoch: epoch, state: try await self.storedState(of: host.id))
      // Taking it home has put it on standby with every seat; what its last home knew still holds.
      if host.state != .standby || host.offeredSeats != host.seats {
        try await self.report(host.id, state: host.state, offeredSeats: host.offeredSeats)
      }
    } catch {
      self.logger.warning("host \(host.id) could not be taken home: \(error.detail)")
    }
  }

  /// Does something for each of many, a batch at a time: together they are one commit.
  private func forEach<Element: Sendable>(
    _ elements: [Element],
    _ body: @escaping @Sendable (IndexService, Element) async -> Void
  ) async {
    var rest = elements[...]
    while !rest.isEmpty, !Task.isCancelled {
      let batch = rest.prefix(StorageLimits.batchCount / 2)
      rest = rest.dropFirst(batch.count)
      await withTaskGroup(of: Void.self) { group in
        for element in batch { group.addTask { await body(self, element) } }
      }
    }
  }
}

extension BatchCommitter {
  /// Makes a change that nobody else has asked for yet.
  func apply(_ action: Command.Action) async throws(StorageError) -> Outcome {
    var random = SystemRandomNumberGenerator()
    return try await self.apply(Command(id: .random(using: &random), action: action))
  }
}

extension ServiceState {
  /// Hosts whose home this indexer is.
  var homeHosts: Set<HostID> { self.hosts(ofHome: self.name) }

  /// Gives hosts another chance to which the store gave no seat for a reason that has not been heard since.
  mutating func unhide() {
    for id in self.hidden { self.withHost(id) { $0.isHidden = false } }
    self.hidden = []
  }
}
