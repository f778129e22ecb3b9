public import MediaUnits

extension ModelState {
  /// Everything that is alive.
  public func snapshot(now: Instant) -> Snapshot {
    Snapshot(
      hosts: Array(self.hosts.values),
      sessions: self.sessions.values.filter(\.isLive).map { $0.row(now: now) },
      indexers: self.indexers.values.map { $0.row(now: now) }
    )
  }

  public func lookup(_ key: Lookup, now: Instant) -> LookupResult {
    switch key {
    case .host(let id): self.hosts[id].map(LookupResult.host) ?? .nothing
    case .session(let id): self.sessions[id].map { .session($0.row(now: now)) } ?? .nothing
    case .sessions(let player): .sessions(self.liveSessions(of: player).map { $0.row(now: now) })
    case .command(let id): self.outcomes[id].map(LookupResult.outcome) ?? .nothing
    }
  }
}
