import DatagramIO
import GameStage
import Handshake
import Logging
import MediaUnits
import Octets
import RTP
import SessionProtocol
import Synchronization
import Transport
import X11

/// The host's network thread: the only place that touches the socket, the handshake and the sessions.
final class HostLoop {
  private let configuration: HostConfiguration
  private let control: HostServer.Control
  private let logger: Logger
  private let ntp = NTPClock.system()
  private var socket: UDPSocket
  private var received = ReceiveBatch()
  private var outgoing = SendBatch()
  private var handshake: HostHandshake
  private var seats: [Seat] = []
  private var peers: [UInt32: Peer] = [:]
  private var random = SystemRandomNumberGenerator()
  private var unknownCount = 0
  private var stopDeadline: Instant?

  var localAddress: SocketAddress { self.socket.localAddress }

  init(configuration: HostConfiguration, control: HostServer.Control, logger: Logger) throws {
    self.configuration = configuration
    self.control = control
    self.logger = logger
    self.socket = try UDPSocket(bindingTo: configuration.listenAddress)
    self.handshake = HostHandshake(identity: configuration.identity)
  }

  func run() {
    var poll = PollSet([self.socket.fileDescriptor, self.control.wakeup.fileDescriptor])
    while true {
      do {
        _ = try poll.wait(until: self.deadline)
        if poll.isReadable(1) { self.control.wakeup.drain() }
        if poll.isReadable(0) { try self.receive() }
      } catch {
        // It will fail again while the seats come to their end: once is enough to say so, and to set the time.
        if self.stopDeadline == nil {
          self.logger.error("the network thread cannot go on: \(error)")
          for seat in self.seats { self.end(seat, reason: "the host's network failed") }
          self.stopDeadline = .now + .seconds(5)
        }
      }
      self.step()
      if self.isFinished { return }
    }
  }

  private var deadline: Instant? {
    var earliest: Instant? = self.stopDeadline
    for peer in self.peers.values {
      let deadline = peer.session.deadline
      if earliest.map({ deadline < $0 }) ?? true { earliest = deadline }
    }
    return earliest
  }

  private var isFinished: Bool {
    guard let stopDeadline = self.stopDeadline else { return false }
    return (self.seats.isEmpty && self.peers.isEmpty) || stopDeadline <= .now
  }

  private func step() {
    let now = Instant.now
    if self.control.mustStop.load(ordering: .relaxed), self.stopDeadline == nil {
      self.stopDeadline = now + .seconds(10)
      for seat in self.seats { self.end(seat, reason: "the host is shutting down") }
    }
    for seat in self.seats { self.collect(from: seat, now: now) }
    for peer in self.peers.values {
      self.handleEvents(of: peer)
      peer.poll(now: now, into: &self.outgoing) { self.flush(&$0) }
      self.handleEvents(of: peer)
    }
    self.flush(&self.outgoing)
    for peer in self.peers.values where peer.isOver && peer.session.isDone {
      self.peers[peer.grant.streams.input] = nil
    }
  }

  private func flush(_ batch: inout SendBatch) {
    guard !batch.isEmpty else { return }
    self.socket.send(&batch)
  }

  // MARK: Datagrams

  private func receive() throws {
    try self.socket.receive(into: &self.received)
    let now = Instant.now
    self.received.forEach { datagram, address in self.receive(datagram, from: address, now: now) }
  }

  /// Sorts one datagram by its first byte.
  ///
  /// - Spec: RFC 7983 §7, RFC 5761 §4; Protocol/session.md §1.
  private func receive(_ datagram: UnsafeMutableRawBufferPointer, from address: SocketAddress, now: Instant) {
    // Nothing that a player sends is larger; parsing more would only cost the others time.
    guard (8...2200).contains(datagram.count) else {
      self.unknownCount += 1
      return
    }
    switch datagram[0] {
    case 4...7: self.receiveHandshake(UnsafeRawBufferPointer(datagram), from: address, now: now)
    case 128...191:
      let kind: PacketKind = RTCPPacket.isRTCP(UnsafeRawBufferPointer(datagram).bytes) ? .rtcp : .rtp
      let offset = kind == .rtcp ? 4 : 8
      guard datagram.count >= offset + 4 else { return }
      let ssrc = UnsafeRawBufferPointer(datagram).bytes.bigEndian(at: offset, as: UInt32.self)
      guard let peer = self.peers[ssrc] else {
        self.unknownCount += 1
        return
      }
      peer.receive(datagram, kind: kind, from: address, now: now)
    default: self.unknownCount += 1
    }
  }

  private func receiveHandshake(_ datagram: UnsafeRawBufferPointer, from address: SocketAddress, now: Instant) {
    // Copies of a hello raise what the player's first picture may take.
    for peer in self.peers.values where peer.address == address {
      peer.amplification.received(byteCount: datagram.count)
    }
    let token = AddressToken(high: address.octets.high, low: address.octets.low, port: address.port)
    switch self.handshake.handle(datagram.bytes, from: token, now: now) {
    case .ignored: break
    case .reply(let bytes):
      for peer in self.peers.values where peer.address == address { peer.amplification.sent(byteCount: bytes.count) }
      self.send(bytes, to: address)
    case .requested(let hello, let request, let player):
      self.answer(hello, request, player: player, from: address, byteCount: datagram.count, now: now)
    }
  }

  private func send(_ bytes: [UInt8], to address: SocketAddress) {
    if self.outgoing.isFull { self.flush(&self.outgoing) }
    _ = self.outgoing.append(to: address, maximumByteCount: bytes.count) { buffer in
      buffer.copyBytes(from: bytes)
      return bytes.count
    }
  }

  // MARK: Seats

  private func answer(
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
      let (seat, grant) = try self.seat(for: request, player: player)
      let (bytes, keys) = self.handshake.accept(hello, grant: grant, now: now)
      let session = HostSession(
        configuration: self.sessionConfiguration(grant),
        input: seat.peer?.session.input ?? InputReceiver(),
        now: now
      )
      if let old = seat.peer { self.peers[old.grant.streams.input] = nil }
      let peer = Peer(
        grant: grant,
        seat: seat,
        session: session,
        keys: keys,
        address: address,
        amplification: amplification
      )
      seat.peer = peer
      self.peers[grant.streams.input] = peer
      seat.link.isSuspended.store(false, ordering: .relaxed)
      seat.link.mustSendKeyframe.store(true, ordering: .relaxed)
      seat.link.captureWakeup.signal()
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
  private func seat(for request: SessionRequest, player: PublicKey) throws -> (Seat, SessionGrant) {
    guard self.stopDeadline == nil else {
      throw SessionRefusal(.hostShuttingDown, text: "the host is shutting down")
    }
    if let identifier = request.resumedSession {
      let found = self.seats.first { $0.grant.connection == identifier && $0.player == player }
      // What the old keys brought last is still to be acted on, a goodbye above all.
      if let peer = found?.peer { self.handleEvents(of: peer) }
      guard let seat = found, seat.peer != nil, !seat.link.mustStop.load(ordering: .relaxed) else {
        throw SessionRefusal(.unknownSession, text: "that session is over")
      }
      return (seat, self.grant(seat.grant.terms, connection: identifier, isResumed: true))
    }
    let (game, wanted) = (self.configuration.game, request.terms)
    guard game.picture.allows(wanted.picture), wanted.picture.isStreamable else {
      throw SessionRefusal(
        .pictureNotAllowed,
        text: "\(wanted.picture) is not a picture size of this game; it has \(game.picture.summary)"
      )
    }
    guard self.seats.count < self.configuration.seats else {
      throw SessionRefusal(.noFreeSeat, text: "all \(self.configuration.seats) seats are taken; try again later")
    }
    let terms = StreamTerms(
      picture: wanted.picture,
      frameRate: min(wanted.frameRate, game.picture.maximumRate),
      maximumBitrate: min(wanted.maximumBitrate, self.configuration.maximumBitrate),
      audioPacketDuration: game.audio ? wanted.audioPacketDuration : nil
    )
    let grant = self.grant(terms, connection: ConnectionID.random(using: &self.random), isResumed: false)
    let seat = try Seat(
      grant: grant,
      player: player,
      configuration: self.configuration,
      networkWakeup: self.control.wakeup
    )
    self.seats.append(seat)
    return (seat, grant)
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

  private func sessionConfiguration(_ grant: SessionGrant) -> SessionConfiguration {
    SessionConfiguration(grant: grant, canonicalName: "host", ntp: self.ntp, sequenceSeed: self.random.next())
  }

  /// Passes on what a seat's threads have made and said.
  private func collect(from seat: Seat, now: Instant) {
    var buffer = self.scratch
    while let frame = seat.link.frames.take(into: &buffer) {
      seat.peer?.session.send(buffer.octets, frame: frame, now: .now)
    }
    while let capturedAt = seat.link.audio.take(into: &buffer) {
      seat.peer?.session.send(audio: buffer.octets, capturedAt: capturedAt, now: now)
    }
    self.scratch = buffer
    for report in seat.link.takeReports() {
      switch report {
      case .started(let text): self.logger.info("\(self.configuration.game.title) runs: \(text)")
      case .failed(let text):
        self.logger.error("\(self.configuration.game.title) failed: \(text)")
        self.end(seat, reason: "the game failed: \(text)")
      case .gameEnded(let text):
        self.logger.info("\(self.configuration.game.title) ended: \(text)")
        self.end(seat, reason: "the game ended: \(text)")
      case .finished:
        seat.join()
        self.seats.removeAll { $0 === seat }
        self.logger.info("seat free", metadata: ["seats": "\(self.configuration.seats - self.seats.count)"])
      }
    }
  }

  private var scratch: [UInt8] = []

  private func handleEvents(of peer: Peer) {
    let link = peer.seat.link
    while let event = peer.session.nextEvent() {
      switch event {
      case .input(let sequence, let input): self.apply(input, sequence: sequence, link: link)
      case .keyframeRequested:
        link.mustSendKeyframe.store(true, ordering: .relaxed)
        link.captureWakeup.signal()
      case .suspended where !peer.isHeard && !peer.grant.isResumed:
        // Whoever asked for the session never showed that it has the keys: a replay, or a forged address.
        self.logger.info("\(peer.seat.player) asked and never came")
        self.end(peer.seat, reason: "nothing was heard from the player")
      case .suspended:
        self.logger.info("\(peer.seat.player) went silent; its seat is kept for now")
        link.isSuspended.store(true, ordering: .relaxed)
        _ = link.withInjector { try? $0.releaseAll() }
      case .resumed:
        self.logger.info("\(peer.seat.player) is back")
        link.isSuspended.store(false, ordering: .relaxed)
        link.captureWakeup.signal()
      case .pathValidated:
        peer.pathValidated()
        // What was withheld until now is lost.
        link.mustSendKeyframe.store(true, ordering: .relaxed)
        link.captureWakeup.signal()
      case .ended(.goodbye(let reason)):
        self.logger.info("\(peer.seat.player) said goodbye\(reason.map { ": \($0)" } ?? "")")
        self.end(peer.seat, reason: nil)
      case .ended(.silence):
        self.logger.info("\(peer.seat.player) did not come back")
        self.end(peer.seat, reason: nil)
      }
    }
  }

  private func apply(_ input: InputEvent, sequence: UInt32, link: SeatLink) {
    // Before the stage is up, and after its display is gone, there is nothing to steer.
    guard link.withInjector({ _ = try? $0.inject(input) }) else { return }
    link.appliedInput.store(sequence, ordering: .releasing)
  }

  /// Ends a seat's session, telling the player why if it does not know.
  private func end(_ seat: Seat, reason: String?) {
    if let peer = seat.peer {
      if let reason { peer.session.close(reason: reason) }
      peer.isOver = true
      seat.peer = nil
    }
    seat.stop()
  }
}
