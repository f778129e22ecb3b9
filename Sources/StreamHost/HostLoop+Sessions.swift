import DatagramIO
import FFmpegCodec
import GameStage
import Handshake
import Identity
import IndexAPI
import Logging
import MediaUnits
import SessionProtocol
import SessionTrace
import Synchronization
import Transport

/// Who gets a seat, and on what terms.
extension HostLoop {
  func answer(
    _ hello: PendingHello,
    _ request: SessionRequest,
    player: PublicKey,
    from address: SocketAddress,
    byteCount: Int,
    now: Instant
  ) {
    var amplification = AmplificationLimit()
    amplification.received(byteCount: byteCount)
    if hello.isAddressProven { amplification.validated() }
    do {
      let (seat, grant) = try self.seat(for: request, player: player, now: now)
      let (bytes, keys) = self.handshake.accept(hello, grant: grant, now: now)
      if let old = seat.peer { self.rates.note(old.session.pathState(now: now).bitrate, of: player) }
      let session = HostSession(
        configuration: self.sessionConfiguration(grant, player: player),
        input: seat.peer?.session.input ?? InputReceiver(),
        terms: seat.peer?.session.terms ?? self.newTerms(of: grant, wish: request.terms, seat: seat),
        code: self.code,
        now: now
      )
      if let old = seat.peer { self.peers[old.grant.streams.input] = nil }
      let peer = Peer(
        grant: grant,
        player: player,
        seat: seat,
        session: session,
        keys: keys,
        address: address,
        amplification: amplification,
        askedAt: now,
        trace: self.traces?.begin(self.traceHeader(grant, session: seat.occupant?.session, now: now))
      )
      seat.peer = peer
      seat.link.trace(to: peer.trace)
      self.peers[grant.streams.input] = peer
      if grant.isResumed {
        seat.link.isSuspended.store(false, ordering: .relaxed)
        seat.link.mustSendKeyframe.store(true, ordering: .relaxed)
        seat.link.captureWakeup.signal()
      }
      peer.amplification.sent(byteCount: bytes.count)
      self.send(bytes, to: address)
      self.logger.info(
        "\(grant.isResumed ? "resumed" : "accepted") \(player) from \(address)",
        metadata: ["picture": "\(grant.terms.picture)@\(grant.terms.frameRate)"]
      )
    } catch let refusal as SessionRefusal {
      self.logger.info("refused \(player) from \(address): \(refusal.text)")
      let bytes = self.handshake.refuse(hello, refusal: refusal, now: now)
      self.send(bytes, to: address)
    } catch {
      self.logger.error("cannot serve \(player): \(error)")
      let refusal = SessionRefusal(.internalError, text: "the host could not set the session up")
      let bytes = self.handshake.refuse(hello, refusal: refusal, now: now)
      self.send(bytes, to: address)
    }
  }

  /// The seat that a request gets, and on what terms.
  ///
  /// - Throws: ``SessionRefusal`` with the reason.
  private func seat(
    for request: SessionRequest,
    player: PublicKey,
    now: Instant
  ) throws -> (Seat, SessionGrant) {
    guard self.stopDeadline == nil else {
      throw SessionRefusal(.hostShuttingDown, text: "the host is shutting down")
    }
    if let identifier = request.resumedSession { return try self.resumedSeat(identifier, player: player) }
    guard !self.isDraining else {
      throw SessionRefusal(.hostShuttingDown, text: "the host takes no new players; it is about to stop")
    }
    let (game, wanted) = (self.configuration.game, request.terms)
    guard game.picture.allows(wanted.picture), wanted.picture.isStreamable else {
      throw SessionRefusal(
        .pictureNotAllowed,
        text: "\(wanted.picture) is not a picture size of this game; it has \(game.picture.summary)"
      )
    }
    // Checked before the ticket: one that is refused for want of a seat is not used up.
    // A seat whose session is over is free, even while its stage still comes down: the network gives it away at once.
    guard self.seats.count(where: { !$0.isStopping }) < self.configuration.seats else {
      throw SessionRefusal(.noFreeSeat, text: "all \(self.configuration.seats) seats are taken; try again later")
    }
    let session = try self.admit(request, player: player)
    let terms = StreamTerms(
      picture: wanted.picture,
      frameRate: min(wanted.frameRate, game.picture.maximumRate),
      maximumBitrate: min(wanted.maximumBitrate, self.configuration.maximumBitrate),
      audioPacketDuration: game.audio ? wanted.audioPacketDuration : nil,
      hasIntraRefresh: self.configuration.intraRefresh == .always
    )
    let grant = self.grant(terms, connection: ConnectionID.random(using: &self.random), isResumed: false)
    let seat = try self.place(Seat.Occupant(grant: grant, player: player, session: session), now: now)
    return (seat, grant)
  }

  private func resumedSeat(_ identifier: ConnectionID, player: PublicKey) throws -> (Seat, SessionGrant) {
    let found = self.seats.first { seat in
      seat.occupant.map { $0.grant.connection == identifier && $0.player == player } ?? false
    }
    // What the old keys brought last is still to be acted on, a goodbye above all.
    if let peer = found?.peer { self.handleEvents(of: peer) }
    guard let seat = found, let occupant = seat.occupant, let peer = seat.peer, !seat.isStopping else {
      throw SessionRefusal(.unknownSession, text: "that session is over")
    }
    let terms = peer.session.terms?.inForce ?? occupant.grant.terms
    return (seat, self.grant(terms, connection: identifier, isResumed: true))
  }

  /// Checks the ticket, where one is wanted.
  ///
  /// - Returns: the session's name in the network; `nil` for a player who came without a ticket.
  /// - Throws: ``SessionRefusal`` with the reason.
  private func admit(_ request: SessionRequest, player: PublicKey) throws(SessionRefusal) -> SessionID? {
    guard case .tickets(_, let allowsDirect) = self.configuration.admission else { return nil }
    guard !request.ticket.isEmpty else {
      guard allowsDirect else { throw SessionRefusal(.notAllowed, text: Self.ticketWanted) }
      guard self.seats.count + self.reservedCount < self.configuration.seats else {
        throw SessionRefusal(.noFreeSeat, text: "every free seat is kept for a player who is on the way")
      }
      return nil
    }
    let ticket: Ticket
    do throws(TicketError) {
      guard let admitted = try self.admission?.admit(request.ticket, transportKey: player.bytes, now: self.unixSeconds)
      else { throw .noKeys }
      ticket = admitted
    } catch {
      throw SessionRefusal(.notAllowed, text: error.refusal)
    }
    guard ticket.game == self.configuration.game.name else {
      throw SessionRefusal(.notAllowed, text: "the ticket is for the game \(ticket.game), which this host does not run")
    }
    return ticket.session
  }

  private static let ticketWanted =
    "this host takes players with a ticket only; ask its indexer for one: martlet play GAME --indexer URL"

  /// By the wall clock, which is what tickets go by.
  var unixSeconds: Int64 { SystemTime.unixSeconds }

  /// Gives the occupant the stage kept for it, else one that stands by, else a new one.
  private func place(_ occupant: Seat.Occupant, now: Instant) throws -> Seat {
    let (terms, session) = (occupant.grant.terms, occupant.session)
    let fitting = self.standby.filter { $0.fits(terms) }
    let kept = session.flatMap { session in fitting.first { $0.reservation?.session == session } }
    let chosen =
      kept ?? fitting.first { $0.reservation == nil && $0.isReady } ?? fitting.first { $0.reservation == nil }
    if let session { self.forget(session) }
    defer {
      self.stock.sessionStarted(now: now)
      self.isOccupancyStale = true
    }
    if let seat = chosen {
      if seat.isReady { self.stock.succeeded() }
      seat.take(occupant)
      self.standby.removeAll { $0 === seat }
      self.seats.append(seat)
      return seat
    }
    let seat = try Seat(
      terms: StageTerms(picture: terms.picture, frameRate: terms.frameRate, bitrate: terms.maximumBitrate),
      occupant: occupant,
      configuration: self.configuration,
      control: self.control
    )
    self.seats.append(seat)
    return seat
  }

  /// A grant with fresh stream identifiers, unique on this host.
  private func grant(_ terms: StreamTerms, connection: ConnectionID, isResumed: Bool) -> SessionGrant {
    var base: UInt32
    repeat { base = self.random.next() & 0xFFFF_FFFC } while base == 0 || self.peers[base | 3] != nil
    return SessionGrant(
      connection: connection,
      terms: terms,
      streams: SessionGrant.Streams(video: base, videoRetransmission: base | 1, audio: base | 2, input: base | 3),
      isResumed: isResumed,
      silenceTimeout: .seconds(5),
      resumeWindow: .seconds(30),
      title: self.configuration.game.title
    )
  }

  private func traceHeader(_ grant: SessionGrant, session: SessionID?, now: Instant) -> TraceHeader {
    TraceHeader(
      startedAt: now,
      unixNanoseconds: self.ntp.nanosecondsSince1970(at: now),
      software: "",
      session: session.map { "\($0)" } ?? "\(grant.connection)",
      game: grant.title,
      codec: "\(grant.terms.codec.traceWord)",
      encoder: self.control.encoders.known(grant.terms.codec)?.rawValue ?? "",
      picture: grant.terms.picture,
      frameRate: grant.terms.frameRate,
      maximumBitrate: grant.terms.maximumBitrate,
      isResumed: grant.isResumed
    )
  }

  /// What the terms of a new session may change to. It begins as H.264, which every stage has an encoder for; another codec
  /// that was asked for, or intra refresh, is the player's first wish.
  ///
  /// - Returns: `nil` where pictures come ready-made, and are what they are.
  private func newTerms(of grant: SessionGrant, wish: StreamTerms, seat: Seat) -> HostTerms? {
    guard self.configuration.synthetic == nil else { return nil }
    let bounds = TermsBounds(
      size: seat.terms.picture,
      frameRate: self.configuration.game.picture.maximumRate,
      bitrate: self.configuration.maximumBitrate,
      codecs: Set(VideoCodec.allCases),
      refreshable: self.configuration.intraRefresh == .none ? [] : [self.configuration.encoder.codec],
      refreshesAlways: self.configuration.intraRefresh == .always
    )
    return HostTerms(granted: grant.terms, wish: wish, bounds: bounds)
  }

  private func sessionConfiguration(_ grant: SessionGrant, player: PublicKey) -> SessionConfiguration {
    var configuration = SessionConfiguration(
      grant: grant,
      canonicalName: "host",
      ntp: self.ntp,
      sequenceSeed: self.random.next()
    )
    if let rate = self.rates[player] {
      configuration.rateLimits = RateLimits(cap: grant.terms.maximumBitrate, lastGood: rate)
    }
    return configuration
  }
}

extension TicketError {
  /// What the player is told, who can do something about most of it.
  var refusal: String {
    switch self {
    case .malformed: "the ticket cannot be read"
    case .unknownKey, .wrongSignature: "the ticket is not from an indexer that this host knows; ask for a new one"
    case .otherHost: "the ticket is for another host"
    case .notYet: "the ticket is not valid yet; a clock is wrong"
    case .expired: "the ticket has expired; ask for a new one"
    case .noKeys: "the host has no connection to its indexer yet; try again in a few seconds"
    case .otherPlayer: "the ticket is for another player's key"
    case .alreadyUsed: "the ticket has been used already; ask for a new one"
    case .tooMany: "the host has seen too many tickets; try again in a few minutes"
    }
  }
}
