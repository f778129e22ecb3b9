import Foundation
import Identity
import IndexAPI
import Logging
import MediaUnits
import Storage
import Synchronization

/// What other indexers, and this one, have written.
extension IndexService {
  private static let changeLimit = 2_048
  /// Between two readings, so that under load many changes come at once; well below the 50 ms in which indexers learn of
  /// each other's writes.
  private static let changePause: Duration = .milliseconds(8)

  /// Reads everything from the store.
  func reload() async throws(StorageError) {
    let asOf = self.clock.reading
    let (snapshot, cursor) = try await self.store.snapshot()
    // Outside the lock: a hundred thousand descriptions take their time.
    let hosts = snapshot.hosts.compactMap(self.known)
    self.state.withLock { state in
      let old = state.forgetNetwork()
      for host in hosts {
        var host = host
        if let known = old[host.id] {
          (host.pending, host.isDrained, host.isUnwritten) = (known.pending, known.isDrained, known.isUnwritten)
          if host.epoch == known.epoch { (host.lastHeard, host.lastSequence) = (known.lastHeard, known.lastSequence) }
          if host.epoch == known.epoch, host.home == self.name { host.description = known.description }
        }
        state.add(host)
      }
      state.compactMatcher()
      state.cursor = cursor
    }
    for row in snapshot.sessions { self.take(row, asOf: asOf) }
    for row in snapshot.indexers { self.take(row) }
    self.refreshKeys()
  }

  /// Reads changes as they come, until the task is cancelled.
  func followChanges() async {
    while !Task.isCancelled {
      await self.store.waitForChanges(timeout: .milliseconds(250))
      do throws(StorageError) {
        try await self.readChanges()
      } catch .outdated {
        await self.reloadAgain()
      } catch {
        self.state.withLock { $0.figures.storeFailures += 1 }
        self.logger.warning("the store does not answer: \(error)")
        try? await Task.sleep(for: .milliseconds(250))
      }
      try? await Task.sleep(for: Self.changePause)
    }
  }

  private func reloadAgain() async {
    do throws(StorageError) {
      try await self.reload()
    } catch {
      self.logger.warning("the store does not answer: \(error)")
    }
  }

  /// Reads what has changed since the last time.
  func readChanges() async throws(StorageError) {
    while true {
      let (cursor, asOf) = (self.state.withLock { $0.cursor }, self.clock.reading)
      let (changes, next) = try await self.store.changes(after: cursor, limit: Self.changeLimit)
      guard !changes.isEmpty || next != cursor else { return }
      for change in changes {
        switch change {
        case .host(let row): self.take(row)
        case .session(let row): self.take(row, asOf: asOf)
        case .indexer(let row): self.take(row)
        }
      }
      self.state.withLock { state in
        // A reload in between knows better.
        if state.cursor == cursor { state.cursor = next }
        state.figures.changesRead += 1
      }
      self.serveWaiting()
      guard changes.count >= Self.changeLimit / 2 else { return }
    }
  }

  private func take(_ row: HostRow) {
    let id = row.record.id
    let digest = row.record.body.hashValue
    let news = self.state.withLock { $0.news(in: row, digest: digest) }
    guard news != .none else { return }
    let described = news == .description ? self.known(row) : nil
    let lost = self.state.withLock { state -> HostStream? in
      guard state.hosts[id] != nil else {
        if let described { state.add(described) }
        return nil
      }
      state.withHost(id, isDescribed: described != nil) { known in
        guard row.epoch >= known.epoch else { return }
        if let described {
          // The home hears a host's words before the store does, so what comes back from there may be old.
          let isOwnWord = known.home == self.name && row.home == self.name && row.epoch == known.epoch
          if !isOwnWord { known.description = described.description }
          known.bodyDigest = digest
        }
        (known.state, known.offeredSeats, known.seats) = (row.state, row.offeredSeats, row.record.seats)
        if row.home == self.name, known.home != self.name { known.lastHeard = self.clock.instant() }
        (known.home, known.epoch) = (row.home, row.epoch)
        known.isHidden = false
      }
      return state.hosts[id]?.home == self.name ? nil : state.streams.removeValue(forKey: id)
    }
    lost?.finish()
  }

  /// - Returns: `nil` for a description that this version cannot read.
  private func known(_ row: HostRow) -> KnownHost? {
    guard let description = try? JSONDecoder().decode(HostDescription.self, from: Data(row.record.body)) else {
      self.logger.warning("host \(row.record.id) is described in a way that cannot be read")
      return nil
    }
    let now = self.clock.instant()
    return KnownHost(
      id: row.record.id,
      description: description,
      bodyDigest: row.record.body.hashValue,
      state: row.state,
      offeredSeats: row.offeredSeats,
      seats: row.record.seats,
      home: row.home,
      epoch: row.epoch,
      lastHeard: now,
      lastDescribed: now
    )
  }

  private func take(_ row: SessionRow, asOf: IndexClock.Reading) {
    guard case .ended = row.state else {
      if row.state == .reserved { self.expect(row, asOf: asOf) }
      self.remember(row, asOf: asOf)
      guard row.state != .closing else { return self.tell(row.host, .release(row.id)) }
      // Whoever waits for it here asks again and finds it.
      let request = RequestID(high: row.id.high ^ row.player.high, low: row.id.low ^ row.player.low)
      let waiter = self.state.withLock { $0.waiting.remove(request) }
      waiter?.poll?.answer.finish()
      return
    }
    let now = self.clock.instant()
    self.state.withLock { state in
      guard let known = state.end(row.id, now: now) else { return }
      state.streams[known.host]?.send(.release(row.id))
    }
  }

  /// Gets a host of this home ready for a player whom another indexer has sent, or has given more time.
  private func expect(_ row: SessionRow, asOf: IndexClock.Reading) {
    let startBy = Self.startBy(of: row, asOf: asOf)
    self.state.withLock { state in
      guard !state.hasEnded(row.id), let stream = state.streams[row.host] else { return }
      if let known = state.sessions[row.id], startBy < known.startBy + Self.leastStartSeconds { return }
      // The store does not know which game it is for; with several, the host learns it from the ticket.
      guard let games = state.hosts[row.host]?.description.registration.games, games.count == 1 else { return }
      stream.send(
        .prepare(HostMessage.Preparation(session: row.id, game: games[0].name, picture: nil, startBy: startBy))
      )
    }
  }

  private func take(_ row: IndexerRow) {
    let aliveUntil = self.clock.instant() + row.remaining
    let isKnown = self.state.withLock { state in
      guard state.indexers[row.record.name]?.body == row.record.body else { return false }
      state.indexers[row.record.name]?.aliveUntil = aliveUntil
      return true
    }
    guard !isKnown, let announcement = Announcement(row.record.body, now: self.clock.unixSeconds) else { return }
    self.state.withLock { state in
      state.indexers[row.record.name] = KnownIndexer(
        url: announcement.url,
        body: row.record.body,
        keys: announcement.keys.entries,
        aliveUntil: aliveUntil
      )
    }
    self.refreshKeys()
  }

  /// Tells hosts when the keys that tickets are checked with have changed.
  func refreshKeys() {
    let now = self.clock.instant()
    let others = self.state.withLock { state in
      state.indexers.filter { $0.key != self.name && $0.value.aliveUntil + Self.keyMemory > now }
        .sorted { $0.key < $1.key }.flatMap(\.value.keys)
    }
    guard self.keyring.update(others: others, now: self.clock.unixSeconds) else { return }
    let signed = self.keyring.signedSet
    self.state.withLock { state in
      for stream in state.streams.values { stream.send(.keys(signed)) }
    }
  }

  /// How long the keys of a lost indexer hold: longer than any ticket of it.
  private static var keyMemory: Duration { .seconds(120) }
}
