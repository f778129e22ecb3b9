import Identity
import IndexAPI
import Matching
import MediaUnits
import Storage
import Synchronization

/// Orders that were asked before, here or elsewhere, and whose answer was lost.
extension IndexService {
  /// The offer once more, of a session that this indexer knows; `nil` if it knows none.
  func repeated(_ session: SessionID, _ order: SessionOrder, player: PlayerID, began: Instant) -> SessionOffer? {
    let found = self.state.withLock { state -> (KnownSession, (HostEndpoint, HostEndpoint?))? in
      guard let known = state.sessions[session], known.player == player, !known.isRunning, !known.isClosing else {
        return nil
      }
      guard let host = state.hosts[known.host] else { return nil }
      let record = state.decisions[session]
      let alternate = record?.alternate.flatMap { state.hosts[$0]?.endpoint }
      return (known, (host.endpoint, alternate))
    }
    guard let (known, endpoints) = found else { return nil }
    let isWarm = known.isWarm
    return self.finish(endpoints, order, session: session, known: known, isWarm: isWarm, began: began, isNew: false)
  }

  /// The store has the session already: another indexer gave the seat, or this one before it was started anew.
  func recovered(
    _ session: SessionID,
    _ order: SessionOrder,
    player: PlayerID,
    began: Instant
  ) async throws(Problem) -> SessionOffer {
    let spent = Problem(.conflict, "The session of this request is over or has begun; ask with a new request id.")
    guard case .session(let row) = try await self.lookup(.session(session)), row.player == player else { throw spent }
    guard row.state == .reserved, row.remaining > Self.ticketMargin else { throw spent }
    let known = self.remember(row)
    let host = self.state.withLock { $0.hosts[row.host]?.endpoint }
    guard let host else {
      throw Problem(.unavailable, "The host of this session is not known here yet; ask again in a second.")
    }
    let offer = self.finish(
      (host, nil),
      order,
      session: session,
      known: known,
      isWarm: false,
      began: began,
      isNew: false
    )
    guard let offer else { throw spent }
    return offer
  }

  /// How much of a reservation remains when its ticket ends.
  static var ticketMargin: Duration { Self.reservationLease - .seconds(Self.startSeconds) }

  /// Takes a live session over from the store.
  @discardableResult
  func remember(_ row: SessionRow) -> KnownSession {
    let rest = (row.remaining - Self.ticketMargin).components.seconds
    let known = KnownSession(
      host: row.host,
      player: row.player,
      isRunning: row.state == .running,
      isClosing: row.state == .closing,
      leaseEnd: self.clock.instant() + row.remaining,
      startBy: self.clock.unixSeconds + max(0, min(Self.startSeconds, rest))
    )
    self.state.withLock { $0.insert(row.id, known) }
    return known
  }
}
