import Identity
import IndexAPI
import Matching
import MediaUnits
import Storage
import Synchronization

/// Orders that were asked before, here or elsewhere, and whose answer was lost or came too late to be used.
extension IndexService {
  /// Whoever asks again has at least so many seconds to reach the host: a ticket that ends sooner is written anew.
  static let leastStartSeconds: Int64 = 15

  /// The offer once more, of a session that this indexer knows and that has not begun; `nil` if it knows none.
  func repeated(
    _ session: SessionID,
    _ order: SessionOrder,
    player: PlayerID,
    began: Instant
  ) async throws(Problem) -> SessionOffer? {
    let found = self.state.withLock { state -> (KnownSession, (HostEndpoint, HostEndpoint?))? in
      guard let known = state.sessions[session], known.player == player, !known.isRunning, !known.isClosing else {
        return nil
      }
      guard let host = state.hosts[known.host] else { return nil }
      let record = state.decisions[session]
      let alternate = record?.alternate.flatMap { state.hosts[$0]?.endpoint }
      return (known, (host.endpoint, alternate))
    }
    guard let (known, endpoints) = found, let held = try await self.held(session, known, order) else { return nil }
    return self.finish(
      endpoints,
      order,
      session: session,
      known: held,
      isWarm: held.isWarm,
      began: began,
      isNew: false
    )
  }

  /// The store has the session already: another indexer gave the seat, or this one before it was started anew.
  func recovered(
    _ session: SessionID,
    _ order: SessionOrder,
    player: PlayerID,
    began: Instant
  ) async throws(Problem) -> SessionOffer {
    guard let offer = try await self.existing(session, order, player: player, began: began) else { throw Self.spent }
    return offer
  }

  private static let spent = Problem(
    .conflict,
    "The session of this request is over or has begun; ask with a new request id."
  )

  /// The offer of a session that the store has.
  ///
  /// - Returns: `nil` if it has none.
  /// - Throws: a conflict if the session has begun or is over.
  func existing(
    _ session: SessionID,
    _ order: SessionOrder,
    player: PlayerID,
    began: Instant
  ) async throws(Problem) -> SessionOffer? {
    let asOf = self.clock.reading
    guard case .session(let row) = try await self.lookup(.session(session)) else { return nil }
    guard row.player == player, row.state == .reserved, row.remaining > .zero,
      let known = try await self.held(session, self.remember(row, asOf: asOf), order)
    else { throw Self.spent }
    guard let host = self.state.withLock({ $0.hosts[row.host]?.endpoint }) else {
      throw Problem(.unavailable, "The host of this session is not known here yet; ask again in a second.")
    }
    return self.finish(
      (host, nil),
      order,
      session: session,
      known: known,
      isWarm: false,
      began: began,
      isNew: false
    )
  }

  /// Gives a player who asks again the time to come: a reservation of which little is left begins anew.
  ///
  /// Somebody who asks for ever and never comes keeps a seat for ever, as somebody who orders anew every time would.
  ///
  /// - Returns: `nil` if the reservation is over, was given up, or has become a session that runs.
  private func held(
    _ session: SessionID,
    _ known: KnownSession,
    _ order: SessionOrder
  ) async throws(Problem) -> KnownSession? {
    let asOf = self.clock.reading
    guard known.startBy - asOf.unixSeconds < Self.leastStartSeconds else { return known }
    guard try await self.commit(.hold(session: session, lease: Self.reservationLease)) == .done else { return nil }
    var held = known
    held.startBy = asOf.unixSeconds + Self.startSeconds
    held.leaseEnd = asOf.instant + Self.reservationLease
    let preparation = HostMessage.Preparation(
      session: session,
      game: order.game,
      picture: order.picture,
      startBy: held.startBy
    )
    self.state.withLock { state in
      state.withSession(session) { known in
        guard !known.isRunning else { return }
        (known.startBy, known.leaseEnd) = (held.startBy, held.leaseEnd)
      }
      state.streams[held.host]?.send(.prepare(preparation))
    }
    return held
  }

  /// How much of a reservation remains when its ticket ends.
  static var ticketMargin: Duration { Self.reservationLease - .seconds(Self.startSeconds) }

  /// The latest moment, in seconds since 1970, at which a ticket for a reservation may end.
  static func startBy(of row: SessionRow, asOf: IndexClock.Reading) -> Int64 {
    let rest = (row.remaining - Self.ticketMargin).components.seconds
    return asOf.unixSeconds + max(0, min(Self.startSeconds, rest))
  }

  /// Takes a live session over from the store.
  ///
  /// - Parameter asOf: from before the store was asked.
  @discardableResult
  func remember(_ row: SessionRow, asOf: IndexClock.Reading) -> KnownSession {
    let known = KnownSession(
      host: row.host,
      player: row.player,
      isRunning: row.state == .running,
      isClosing: row.state == .closing,
      leaseEnd: asOf.instant + row.remaining,
      startBy: Self.startBy(of: row, asOf: asOf)
    )
    self.state.withLock { $0.insert(row.id, known) }
    return known
  }
}
