import Identity
public import IndexAPI
import Matching
import MediaUnits
import Storage
import Synchronization

/// What became of an order.
public enum OrderAnswer: Sendable {
  case offer(SessionOffer)
  case queued(QueuePlace)
}

/// A seat that was chosen in memory, and is not yet in the store.
struct Claim {
  var decision: Decision
  var tried: [HostID] = []
}

extension IndexService {
  /// Seconds from an offer in which the player must have reached the host.
  static let startSeconds: Int64 = 30
  /// The reservation outlives the ticket: by the skew that hosts allow, and by the time in which the host says that the
  /// session runs. So a ticket that a host admits always has its seat in the store.
  static let reservationLease: Duration = .seconds(45)
  /// Of a session that runs.
  static let sessionLease: Duration = .seconds(900)
  /// Milliseconds, after which no cap on round trips holds and a wait is not told from a longer one.
  static let longestWait: Int64 = 86_400_000
  /// Hosts that are asked for a seat before an order has to wait.
  static let attemptCount = 4

  /// A player asks for a seat.
  ///
  /// - Parameter resuming: whether it has lost a session, and so is the first in the queue.
  func order(_ order: SessionOrder, player: PlayerID, resuming: Bool = false) async throws(Problem) -> OrderAnswer {
    try order.check()
    let began = self.clock.instant()
    let session = Self.session(of: order.request, player: player)
    if let offer = try await self.repeated(session, order, player: player, began: began) { return .offer(offer) }
    self.serveWaiting()
    let claim = self.state.withLock { state in
      Self.claim(order, waitedMilliseconds: 0, seed: session.low, in: &state)
    }
    if let claim, let offer = try await self.reserve(claim, order, player: player, session: session, began: began) {
      return .offer(offer)
    }
    // Memory may be behind: before anybody is told that there is no seat, the store is asked for theirs.
    if let offer = try await self.existing(session, order, player: player, began: began) { return .offer(offer) }
    // Who has lost a host waits for the next, even if that was the only one.
    guard resuming || self.state.withLock({ $0.games.contains(order.game) }) else {
      throw self.refused(Problem(.notFound, "No host offers the game \(order.game)."))
    }
    guard order.waits else {
      throw self.refused(
        Problem(.noSeat, "No host that suits has a seat free; try again later, ask for less, or wait in the queue.")
      )
    }
    let entry = WaitingQueue.Entry(
      player: player,
      request: order.request,
      game: order.game,
      minimumClass: order.minimumClass ?? .basic,
      enqueued: self.clock.unixMilliseconds(),
      isResumption: resuming
    )
    return .queued(try self.enqueue(entry, order))
  }

  /// The session that a request leads to, the same at every indexer and after any restart.
  static func session(of request: RequestID, player: PlayerID) -> SessionID {
    SessionID(high: request.high ^ player.high, low: request.low ^ player.low)
  }

  /// Chooses a host and takes a seat there in memory, so that nobody else here is sent to the same one.
  static func claim(
    _ order: SessionOrder,
    waitedMilliseconds: Int,
    avoiding: [HostID] = [],
    seed: UInt64,
    in state: inout ServiceState
  ) -> Claim? {
    var request = MatchRequest(
      game: order.game,
      minimumClass: order.minimumClass ?? .basic,
      maximumPrice: order.maximumPrice,
      avoid: order.avoid + avoiding,
      place: order.place,
      landmarks: order.landmarks,
      waitedMilliseconds: waitedMilliseconds
    )
    var decision = state.matcher.choose(for: request, probes: order.probes, seed: seed)
    if decision == nil {
      // Nobody waits for a nearer seat that is not there: a far one at once is the better answer.
      request.waitedMilliseconds = Int(Self.longestWait)
      decision = state.matcher.choose(for: request, probes: order.probes, seed: seed)
    }
    guard let decision else { return nil }
    state.withHost(decision.host) { $0.pending += 1 }
    return Claim(decision: decision)
  }

  /// Makes a claim durable, at the next best host if the chosen one is refused.
  ///
  /// - Returns: `nil` if no host has a seat after all.
  func reserve(
    _ claim: Claim,
    _ order: SessionOrder,
    player: PlayerID,
    session: SessionID,
    began: Instant
  ) async throws(Problem) -> SessionOffer? {
    var claim = claim
    for attempt in 1...Self.attemptCount {
      let host = claim.decision.host
      // Read before the store is asked: whatever holds this process up from here on makes the ticket end earlier, never
      // later, than the reservation.
      let startBy = self.clock.unixSeconds + Self.startSeconds
      let leaseEnd = self.clock.instant() + Self.reservationLease
      let outcome: Outcome
      do throws(Problem) {
        outcome = try await self.commit(
          .reserve(session: session, host: host, player: player, lease: Self.reservationLease)
        )
      } catch {
        self.state.withLock { _ = $0.withHost(host) { $0.pending = max(0, $0.pending - 1) } }
        throw error
      }
      if outcome == .reserved {
        let known = KnownSession(host: host, player: player, isRunning: false, leaseEnd: leaseEnd, startBy: startBy)
        return self.offer(claim, order, session: session, known: known, began: began)
      }
      switch outcome {
      case .refused(.playerLimit):
        self.giveUp(claim)
        throw self.refused(
          Problem(
            .playerLimit,
            "You hold \(StorageLimits.sessionsPerPlayer) sessions; end one, or wait until one is over."
          )
        )
      case .refused(.sessionExists):
        self.giveUp(claim)
        return try await self.recovered(session, order, player: player, began: began)
      default: self.noteConflict(claim, outcome)
      }
      guard attempt < Self.attemptCount, let next = self.next(after: claim, order) else { return nil }
      claim = next
    }
    return nil
  }

  /// The store gave no seat at the chosen host: nobody else is sent there until it is heard why.
  private func noteConflict(_ claim: Claim, _ outcome: Outcome) {
    self.state.withLock { state in
      state.figures.conflicts += 1
      let host = claim.decision.host
      guard outcome != .refused(.unknownHost) else {
        state.removeHost(host)
        return
      }
      state.withHost(host) { known in
        known.pending = max(0, known.pending - 1)
        known.isHidden = true
      }
      state.hidden.append(host)
    }
  }

  /// Chooses another host than the ones that were tried.
  private func next(after claim: Claim, _ order: SessionOrder) -> Claim? {
    let tried = claim.tried + [claim.decision.host]
    let record = claim.decision.record
    return self.state.withLock { state in
      var next = Self.claim(
        order,
        waitedMilliseconds: record.request.waitedMilliseconds,
        avoiding: tried,
        seed: record.seed &+ UInt64(tried.count),
        in: &state
      )
      next?.tried = tried
      return next
    }
  }

  /// Gives a claimed seat back in memory.
  private func giveUp(_ claim: Claim) {
    self.state.withLock { state in
      _ = state.withHost(claim.decision.host) { $0.pending = max(0, $0.pending - 1) }
    }
  }

  /// The seat is in the store: remembers it, gets the host ready, and writes the ticket.
  private func offer(
    _ claim: Claim,
    _ order: SessionOrder,
    session: SessionID,
    known: KnownSession,
    began: Instant
  ) -> SessionOffer? {
    let decision = claim.decision
    var known = known
    let endpoints = self.state.withLock { state -> (host: HostEndpoint, alternate: HostEndpoint?)? in
      let isWarm = state.hosts[known.host]?.isWarm(for: order) ?? false
      known.isWarm = isWarm
      state.withHost(known.host) { $0.pending = max(0, $0.pending - 1) }
      state.insert(session, known)
      state.decisions.keep(decision.record, of: session)
      guard let host = state.hosts[known.host] else { return nil }
      if isWarm { state.takeWarmStage(of: order.game, at: known.host) }
      let preparation = HostMessage.Preparation(
        session: session,
        game: order.game,
        picture: order.picture,
        startBy: known.startBy
      )
      state.streams[known.host]?.send(.prepare(preparation))
      return (host.endpoint, decision.alternate.flatMap { state.hosts[$0]?.endpoint })
    }
    guard let endpoints else { return nil }
    return self.finish(
      endpoints,
      order,
      session: session,
      known: known,
      isWarm: known.isWarm,
      began: began,
      isNew: true
    )
  }

  func finish(
    _ endpoints: (host: HostEndpoint, alternate: HostEndpoint?),
    _ order: SessionOrder,
    session: SessionID,
    known: KnownSession,
    isWarm: Bool,
    began: Instant,
    isNew: Bool
  ) -> SessionOffer? {
    guard let transportKey = Base64URL.decode(order.transportKey.utf8) else { return nil }
    let ticket = Ticket(
      session: session,
      host: known.host,
      player: known.player,
      transportKey: transportKey,
      game: order.game,
      notBefore: known.startBy - Self.startSeconds,
      startBy: known.startBy
    )
    let signed = String(decoding: ticket.signed(by: self.keyring.current), as: UTF8.self)
    let microseconds = Int((self.clock.instant() - began).wholeNanoseconds / 1_000)
    if isNew {
      self.state.withLock { state in
        state.figures.matches += 1
        state.figures.matchLatency.add(microseconds: microseconds)
      }
    }
    return SessionOffer(
      session: session,
      game: order.game,
      host: endpoints.host,
      ticket: signed,
      startBy: known.startBy,
      startSeconds: Int(max(0, known.startBy * 1_000 - self.clock.unixMilliseconds()) / 1_000),
      leaseSeconds: Int(Self.sessionLease.components.seconds),
      alternate: endpoints.alternate,
      isWarm: isWarm,
      matchMicroseconds: microseconds
    )
  }

  /// Counts a refusal.
  func refused(_ problem: Problem) -> Problem {
    self.state.withLock { $0.figures.refusals[problem.name, default: 0] += 1 }
    return problem
  }
}
