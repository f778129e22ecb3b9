import IndexAPI
import Matching
import MediaUnits
import Storage
import Synchronization

/// What hosts say every five seconds.
extension IndexService {
  /// What a heartbeat asks the store for.
  private struct Consequences {
    var report: (state: HostState, offeredSeats: Int)?
    var confirmed: [SessionID] = []
    var extended: [SessionID] = []
    var lost: [SessionID] = []
    var closing: [SessionID] = []
    var strangers: [SessionID] = []
    var description: HostDescription?
  }

  /// How often at most the words of a host are written anew because its warmth or its landmarks have changed.
  private static let descriptionInterval: Duration = .seconds(10)

  func heartbeat(_ heartbeat: Heartbeat, host: HostID) async throws(Problem) {
    try heartbeat.check()
    let now = self.clock.instant()
    let noted = self.state.withLock { Self.note(heartbeat, of: host, name: self.name, now: now, in: &$0) }
    var consequences = try noted.get()
    for ended in heartbeat.ended {
      // Only its own: a host must not end what runs elsewhere.
      if try await self.isSession(ended.session, of: host) {
        try await self.end(ended.session, reason: ended.reason)
      }
    }
    consequences.strangers.removeAll { session in heartbeat.ended.contains { $0.session == session } }
    for session in consequences.strangers {
      switch try await self.meet(session, host: host) {
      case .reserved: consequences.confirmed.append(session)
      case .running: break
      default: self.tell(host, .release(session))
      }
    }
    // After what runs there is known, or somebody would be sent to a seat that is taken.
    if let report = consequences.report {
      try await self.report(host, state: report.state, offeredSeats: report.offeredSeats)
      self.serveWaiting()
    }
    for session in consequences.closing { self.tell(host, .release(session)) }
    for session in consequences.confirmed { try await self.confirm(session, host: host) }
    for session in consequences.extended {
      _ = try await self.commit(.extend(session: session, lease: Self.sessionLease))
      let leaseEnd = self.clock.instant() + Self.sessionLease
      self.state.withLock { $0.withSession(session) { $0.leaseEnd = leaseEnd } }
    }
    for session in consequences.lost { try await self.end(session, reason: "the host no longer has it") }
    if let description = consequences.description {
      _ = try await self.commit(.register(try Self.record(of: description, host: host)))
    }
  }

  /// A session runs at a host of which memory knows nothing: takes it over from the store, and back if it was ended
  /// because the host was offline.
  ///
  /// - Returns: its state in the store; `nil` if it should not run there.
  private func meet(_ session: SessionID, host: HostID) async throws(Problem) -> SessionRow.State? {
    let asOf = self.clock.reading
    guard case .session(var row) = try await self.lookup(.session(session)), row.host == host else { return nil }
    if row.state == .ended(reason: SessionRow.hostOffline) {
      let outcome = try await self.commit(.revive(session: session, host: host, lease: Self.sessionLease))
      guard outcome == .done else { return nil }
      (row.state, row.remaining) = (.running, Self.sessionLease)
      self.state.withLock { $0.revive(session) }
    }
    guard row.state == .reserved || row.state == .running else { return nil }
    self.remember(row, asOf: asOf)
    return row.state
  }

  private func confirm(_ session: SessionID, host: HostID) async throws(Problem) {
    let outcome = try await self.commit(.confirm(session: session, host: host, lease: Self.sessionLease))
    guard outcome == .done else {
      // Its time was over before the host said that it runs, or its player has given it up elsewhere.
      self.tell(host, .release(session))
      let asOf = self.clock.reading
      if case .session(let row) = try await self.lookup(.session(session)), row.state == .closing {
        self.remember(row, asOf: asOf)
      } else {
        self.noteEnd(session)
      }
      return
    }
    let leaseEnd = self.clock.instant() + Self.sessionLease
    self.state.withLock { state in
      state.withSession(session) { known in
        known.isRunning = true
        known.leaseEnd = leaseEnd
      }
    }
  }

  private func isSession(_ session: SessionID, of host: HostID) async throws(Problem) -> Bool {
    if let known = self.state.withLock({ $0.sessions[session] }) { return known.host == host }
    guard case .session(let row) = try await self.lookup(.session(session)) else { return false }
    return row.host == host
  }

  func tell(_ host: HostID, _ message: HostMessage) {
    self.state.withLock { $0.streams[host]?.send(message) }
  }

  /// Takes what a heartbeat says into memory, and finds out what the store must be told.
  private static func note(
    _ heartbeat: Heartbeat,
    of host: HostID,
    name: String,
    now: Instant,
    in state: inout ServiceState
  ) -> Result<Consequences, Problem> {
    guard let known = state.hosts[host], known.home == name, known.epoch == heartbeat.epoch else {
      return .failure(Self.notHome)
    }
    guard heartbeat.sequence > known.lastSequence else {
      return .failure(Problem(.conflict, "A heartbeat's sequence number is higher than that of the one before."))
    }
    var consequences = Consequences()
    let sessions = Set(heartbeat.sessions)
    let offered = min(known.seats, sessions.count + heartbeat.freeSeats)
    let wanted = known.isDrained ? .draining : heartbeat.state
    if wanted != known.state || offered != known.offeredSeats { consequences.report = (wanted, offered) }
    for id in known.sessions {
      guard let session = state.sessions[id] else { continue }
      guard !session.isClosing else {
        consequences.closing.append(id)
        continue
      }
      switch (session.isRunning, sessions.contains(id)) {
      case (false, true): consequences.confirmed.append(id)
      case (true, true) where session.leaseEnd < now + Self.sessionLease / 2: consequences.extended.append(id)
      case (true, false): consequences.lost.append(id)
      default: break
      }
    }
    consequences.closing.removeAll { id in heartbeat.ended.contains { $0.session == id } }
    consequences.lost.removeAll { id in heartbeat.ended.contains { $0.session == id } }
    consequences.strangers = sessions.filter { !known.sessions.contains($0) }
    Self.noteWords(heartbeat, of: host, now: now, in: &state, &consequences)
    state.figures.heartbeats += 1
    return .success(consequences)
  }

  /// Load, warmth and landmarks.
  private static func noteWords(
    _ heartbeat: Heartbeat,
    of host: HostID,
    now: Instant,
    in state: inout ServiceState,
    _ consequences: inout Consequences
  ) {
    guard let known = state.hosts[host] else { return }
    var description = known.description
    for warmth in heartbeat.games {
      guard let index = description.registration.games.firstIndex(where: { $0.name == warmth.name }) else { continue }
      description.registration.games[index].warm = warmth.warm
    }
    if !heartbeat.landmarks.isEmpty { description.landmarks = heartbeat.landmarks }
    let load = max(heartbeat.encoderLoad, heartbeat.gpuLoad ?? 0)
    let hasChanged = description != known.description
    let isWritten = hasChanged || known.isUnwritten
    let isDue = isWritten && known.lastDescribed + Self.descriptionInterval <= now
    if isDue { consequences.description = description }
    state.withHost(host, isDescribed: hasChanged) { known in
      known.lastHeard = now
      known.lastSequence = heartbeat.sequence
      known.description = description
      known.load = load
      known.isUnwritten = isWritten && !isDue
      if isDue { known.lastDescribed = now }
    }
    state.matcher.setLoad(host, load)
  }
}
