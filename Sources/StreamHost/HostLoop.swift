import DatagramIO
import ErasureCoding
import GameStage
import Handshake
import IndexAPI
import Identity
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
  let configuration: HostConfiguration
  let control: HostControl
  let logger: Logger
  let ntp = NTPClock.system()
  let traces: TraceWriter?
  /// What parity is made with, for all sessions.
  let code = ReedSolomon()
  private var socket: UDPSocket
  private var received = ReceiveBatch()
  private var outgoing = SendBatch()
  var handshake: HostHandshake
  /// Seats with a session, or whose session has just ended.
  var seats: [Seat] = []
  /// Seats whose stages wait for a session.
  var standby: [Seat] = []
  var stock: WarmStock
  /// When the stages that stand by need attention next; at the first turn.
  var standbyDeadline: Instant? = .zero
  var admission: TicketAdmission?
  var isDraining = false
  /// Sessions with tickets that ended and have not been published yet.
  var ended: [EndedSession] = []
  /// Something that ``HostOccupancy`` shows may have changed.
  var isOccupancyStale = true
  var peers: [UInt32: Peer] = [:]
  var random = SystemRandomNumberGenerator()
  /// What the paths to players could take.
  var rates = RateMemory()
  private var probes: ProbeLimit
  private var unknownCount = 0
  private(set) var stopDeadline: Instant?

  var localAddress: SocketAddress { self.socket.localAddress }

  init(configuration: HostConfiguration, control: HostControl, logger: Logger) throws {
    var random = SystemRandomNumberGenerator()
    self.configuration = configuration
    self.control = control
    self.logger = logger
    self.traces = try configuration.trace.map { try TraceWriter($0, logger: logger) }
    // The rate control reacts to marks of the network, so that it may mark in place of dropping.
    self.socket = try UDPSocket(bindingTo: configuration.listenAddress, ecn: .capable1)
    self.handshake = HostHandshake(identity: configuration.identity)
    self.stock = WarmStock(wanted: configuration.warmStages, delay: configuration.warmDelay)
    self.probes = ProbeLimit(seed: random.next())
    if case .tickets(let host, _) = configuration.admission { self.admission = TicketAdmission(host: host) }
  }

  func run() {
    self.traces?.start()
    defer { self.traces?.stop() }
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
          self.endEverything(reason: "the host's network failed")
          self.control.fail("\(error)")
        }
      }
      self.step()
      if self.isFinished { return }
    }
  }

  private var deadline: Instant? {
    var earliest: Instant? = self.stopDeadline ?? self.standbyDeadline
    for peer in self.peers.values {
      let deadline = peer.session.deadline
      if earliest.map({ deadline < $0 }) ?? true { earliest = deadline }
    }
    return earliest
  }

  private var isFinished: Bool {
    guard let stopDeadline = self.stopDeadline else { return false }
    return (self.seats.isEmpty && self.standby.isEmpty && self.peers.isEmpty) || stopDeadline <= .now
  }

  private func endEverything(reason: String) {
    // A stage takes its game's grace and five seconds at most.
    self.stopDeadline = .now + self.configuration.game.endGrace + .seconds(8)
    for seat in self.seats { self.end(seat, reason: reason) }
    for seat in self.standby { seat.stop() }
  }

  private func step() {
    let now = Instant.now
    if self.control.mustStop.load(ordering: .relaxed), self.stopDeadline == nil {
      self.endEverything(reason: "the host is shutting down")
    }
    self.obeyOrders(now: now)
    for seat in self.seats { self.collect(from: seat, now: now) }
    for peer in self.peers.values {
      self.handleEvents(of: peer)
      peer.poll(now: now, into: &self.outgoing) { self.flush(&$0) }
      self.handleEvents(of: peer)
      peer.seat.link.update(peer.session.pathState(now: now))
    }
    self.flush(&self.outgoing)
    for peer in self.peers.values where peer.isOver && peer.session.isDone {
      self.rates.note(peer.session.pathState(now: now).bitrate, of: peer.player)
      self.peers[peer.grant.streams.input] = nil
    }
    // After the players' packets have left: starting a stage takes a while.
    self.tendStandby(now: now)
    self.publish()
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
    case 0...3: self.receiveProbe(UnsafeRawBufferPointer(datagram), from: address, now: now)
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

  /// Answers a round trip probe, as often as its source may ask.
  private func receiveProbe(_ datagram: UnsafeRawBufferPointer, from address: SocketAddress, now: Instant) {
    guard let response = STUNBinding.response(to: datagram.bytes, from: address.octets, port: address.port) else {
      self.unknownCount += 1
      return
    }
    if self.probes.admit(address.octets, now: now) { self.send(response, to: address) }
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

  func send(_ bytes: [UInt8], to address: SocketAddress) {
    if self.outgoing.isFull { self.flush(&self.outgoing) }
    _ = self.outgoing.append(to: address, maximumByteCount: bytes.count) { buffer in
      buffer.copyBytes(from: bytes)
      return bytes.count
    }
  }

  // MARK: Sessions

  /// Passes on what the threads of a seat with a session have made and said.
  private func collect(from seat: Seat, now: Instant) {
    var buffer = self.scratch
    while let frame = seat.link.frames.take(into: &buffer) {
      guard let peer = seat.peer else { continue }
      peer.session.send(buffer.octets, frame: frame, now: .now)
      if !peer.hasPicture { self.notePicture(of: peer, frame: frame) }
    }
    while let capturedAt = seat.link.audio.take(into: &buffer) {
      seat.peer?.session.send(audio: buffer.octets, capturedAt: capturedAt, now: now)
    }
    self.scratch = buffer
    for report in seat.link.takeReports() {
      switch report {
      case .ready(let text):
        seat.isReady = true
        self.logger.info("\(self.configuration.game.title) runs: \(text)")
      case .failed(let text):
        self.logger.error("\(self.configuration.game.title) failed: \(text)")
        self.end(seat, reason: "the game failed: \(text)")
      case .changed(let terms):
        seat.peer?.session.termsChanged(to: terms, now: now)
        self.logger.info("\(self.configuration.game.title) is streamed as \(terms.summary) now")
      case .changeFailed(let text):
        seat.peer?.session.changeFailed(now: now)
        self.logger.warning("a stream cannot change, and goes on as it is: \(text)")
      case .gameEnded(let text):
        self.logger.info("\(self.configuration.game.title) ended: \(text)")
        self.end(seat, reason: "the game ended: \(text)")
      case .finished:
        seat.join()
        self.seats.removeAll { $0 === seat }
        self.isOccupancyStale = true
        self.logger.info("seat free", metadata: ["seats": "\(self.freeSeats)"])
      }
    }
  }

  /// Says how long the player's first picture took.
  private func notePicture(of peer: Peer, frame: VideoFrame) {
    peer.hasPicture = true
    let milliseconds = (frame.encodedAt - peer.askedAt).inMilliseconds
    self.logger.info(
      "first picture \((milliseconds * 10).rounded() / 10) ms after the hello",
      metadata: ["stage": "\(peer.wasReady ? "warm" : "cold")"]
    )
  }

  private var scratch: [UInt8] = []

  func handleEvents(of peer: Peer) {
    let link = peer.seat.link
    while let event = peer.session.nextEvent() {
      switch event {
      case .input(let sequence, let input): self.apply(input, sequence: sequence, link: link)
      case .keyframeRequested:
        link.mustSendKeyframe.store(true, ordering: .relaxed)
        link.captureWakeup.signal()
      case .suspended where !peer.isHeard && !peer.grant.isResumed:
        // Whoever asked for the session never showed that it has the keys: a replay, or a forged address.
        self.logger.info("\(peer.player) asked and never came")
        self.end(peer.seat, reason: "nothing was heard from the player")
      case .suspended:
        self.logger.info("\(peer.player) went silent; its seat is kept for now")
        link.isSuspended.store(true, ordering: .relaxed)
        _ = link.withInjector { try? $0.releaseAll() }
      case .resumed:
        self.logger.info("\(peer.player) is back")
        link.isSuspended.store(false, ordering: .relaxed)
        link.captureWakeup.signal()
      case .changeWanted(let terms): link.change(to: terms)
      case .pathValidated:
        peer.pathValidated()
        // What was withheld until now is lost.
        link.mustSendKeyframe.store(true, ordering: .relaxed)
        link.captureWakeup.signal()
      case .ended(.goodbye(let reason)):
        self.logger.info("\(peer.player) said goodbye\(reason.map { ": \($0)" } ?? "")")
        self.end(peer.seat, reason: nil)
      case .ended(.silence):
        self.logger.info("\(peer.player) did not come back")
        self.end(peer.seat, reason: nil)
      }
    }
  }

  private func apply(_ input: InputEvent, sequence: UInt32, link: SeatLink) {
    // Before the stage is up, and after its display is gone, there is nothing to steer.
    guard self.configuration.synthetic != nil || link.withInjector({ _ = try? $0.inject(input) }) else { return }
    link.appliedInput.store(sequence, ordering: .releasing)
  }

  /// Ends a seat's session, telling the player why if it does not know.
  ///
  /// - Parameter reason: `nil` if the player left.
  func end(_ seat: Seat, reason: String?) {
    if let peer = seat.peer {
      if let reason { peer.session.close(reason: reason) }
      peer.isOver = true
      seat.peer = nil
    }
    if !seat.isStopping, let session = seat.occupant?.session {
      self.ended.append(EndedSession(session: session, reason: String((reason ?? "the player left").prefix(200))))
      self.isOccupancyStale = true
    }
    seat.stop()
  }
}
