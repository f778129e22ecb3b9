import IndexAPI
import Matching
import MediaUnits
import Storage
import Synchronization

/// What players do with their sessions.
extension IndexService {
  /// The session's host was lost: another seat, at the head of the queue.
  func resume(_ session: SessionID, _ order: SessionOrder, player: PlayerID) async throws(Problem) -> OrderAnswer {
    try order.check()
    let next = Self.session(of: order.request, player: player)
    guard next != session else {
      throw Problem(.conflict, "Resume with a request id of its own, not the lost session's.")
    }
    let began = self.clock.instant()
    if let offer = try await self.repeated(next, order, player: player, began: began) { return .offer(offer) }
    let host = try await self.host(of: session, player: player)
    try await self.close(session)
    var order = order
    if let host, !order.avoid.contains(host) { order.avoid = [host] + order.avoid.prefix(31) }
    return try await self.order(order, player: player, resuming: true)
  }

  /// The player says that the session goes on.
  func renew(_ session: SessionID, player: PlayerID) async throws(Problem) -> SessionRenewed {
    _ = try await self.host(of: session, player: player)
    let known = self.state.withLock { $0.sessions[session] }
    guard known?.isClosing != true else { throw Problem(.notFound, "There is no such session, or it is over.") }
    guard known?.isRunning == true else {
      throw Problem(.conflict, "Only a session that its host has said to run can be renewed.")
    }
    let outcome = try await self.commit(.extend(session: session, lease: Self.sessionLease))
    guard outcome == .done else { throw Problem(.notFound, "There is no such session, or it is over.") }
    let leaseEnd = self.clock.instant() + Self.sessionLease
    self.state.withLock { $0.withSession(session) { $0.leaseEnd = leaseEnd } }
    return SessionRenewed(leaseSeconds: Int(Self.sessionLease.components.seconds))
  }

  /// The player says how long it waited.
  func started(_ session: SessionID, _ start: SessionStart, player: PlayerID) async throws(Problem) {
    let range = 0...3_600_000_000
    guard range.contains(start.ticketMicroseconds), range.contains(start.firstPacketMicroseconds),
      range.contains(start.firstFrameMicroseconds)
    else { throw Problem(.badRequest, "Times are 0 to 3600000000 microseconds.") }
    _ = try await self.host(of: session, player: player)
    self.state.withLock { state in
      var isFirst = false
      state.withSession(session) { known in
        isFirst = !known.hasReportedStart
        known.hasReportedStart = true
      }
      guard isFirst else { return }
      state.figures.timeToTicket.add(microseconds: start.ticketMicroseconds)
      state.figures.timeToFirstPacket.add(microseconds: start.firstPacketMicroseconds)
      state.figures.timeToFirstFrame.add(microseconds: start.firstFrameMicroseconds)
    }
  }

  /// The player has had enough.
  func end(_ session: SessionID, player: PlayerID) async throws(Problem) {
    guard try await self.host(of: session, player: player) != nil else { return }
    try await self.close(session)
  }

  /// How a session's host was chosen.
  func decision(of session: SessionID) throws(Problem) -> DecisionRecord {
    guard let record = self.state.withLock({ $0.decisions[session] }) else {
      throw Problem(.notFound, "This indexer did not choose the host of that session, or too many others since.")
    }
    return record
  }

  /// Gives a session up. The seat is free when its host says so, or when nobody can come for it any more: a player whom
  /// nobody has told yet may still be playing there.
  func close(_ session: SessionID) async throws(Problem) {
    guard try await self.commit(.close(session: session)) == .done else { return self.noteEnd(session) }
    self.noteClosing(session)
  }

  /// A session is given up, in the store as well: memory, and its host.
  func noteClosing(_ session: SessionID) {
    self.state.withLock { state in
      state.withSession(session) { $0.isClosing = true }
      guard let known = state.sessions[session] else { return }
      state.streams[known.host]?.send(.release(session))
    }
  }

  /// Ends a session, whatever it was doing; one that is over stays over.
  func end(_ session: SessionID, reason: String) async throws(Problem) {
    _ = try await self.commit(.release(session: session, reason: reason))
    self.noteEnd(session)
  }

  /// A session is over, in the store as well: memory, its host, and whoever waits for the seat.
  func noteEnd(_ session: SessionID) {
    let now = self.clock.instant()
    self.state.withLock { state in
      guard let known = state.end(session, now: now) else { return }
      state.streams[known.host]?.send(.release(session))
    }
    self.serveWaiting()
  }

  /// The host of a session that belongs to `player`; `nil` when it is over and nobody remembers.
  private func host(of session: SessionID, player: PlayerID) async throws(Problem) -> HostID? {
    let stranger = Problem(.wrongKey, "Only the player whose session it is may do that.")
    if let known = self.state.withLock({ $0.sessions[session] }) {
      guard known.player == player else { throw stranger }
      return known.host
    }
    let asOf = self.clock.reading
    guard case .session(let row) = try await self.lookup(.session(session)) else {
      throw Problem(.notFound, "There is no such session, or it is over.")
    }
    guard row.player == player else { throw stranger }
    if case .ended = row.state { return row.host }
    self.remember(row, asOf: asOf)
    return row.host
  }
}
