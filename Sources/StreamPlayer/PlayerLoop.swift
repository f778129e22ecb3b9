import DatagramIO
import Dispatch
import ErasureCoding
import Handshake
import Logging
import MediaUnits
import Octets
import RTP
import SessionProtocol
import Synchronization
import Transport

/// The player's network thread: the only place that touches the socket, the handshakes and the session.
///
/// ```
///            ┌────────────── lost ◀───────────────┐
///            ▼                                     │
/// searching for a host ── offer ──▶ handshake ── grant ──▶ playing ◀──▶ silence: resuming
///            ▲                         │
///            └── refused, no answer ───┘
/// ```
final class PlayerLoop {
  let configuration: PlayerConfiguration
  let link: PlayerLink
  let logger: Logger
  let ntp = NTPClock.system()
  /// What lost packets are rebuilt with.
  private let code = ReedSolomon()
  private var socket: UDPSocket
  private var received = ReceiveBatch()
  private var outgoing = SendBatch(byteCount: 256 << 10)
  /// The handshake with a host that is not played on yet.
  var attempt: HandshakeAttempt?
  /// The handshake with the host that is played on, after a silence.
  var resumption: HandshakeAttempt?
  var host: HostLink?
  var search = HostSearch()
  var silence = SilenceWatch()
  var continuity = StreamContinuity()
  private var random = SystemRandomNumberGenerator()
  var figures = NetworkFigures()
  /// What the one who plays asked for last; `nil` before.
  var wished: StreamTerms?
  /// Why it was not what the stream is, as people were told last.
  var toldLimit = TermsNotice.Limit.none
  private var rejectedBefore = 0
  private var statisticsBefore = PlayerSession.Statistics()
  private var farewell: Instant?
  private var mustRefresh = false

  init(configuration: PlayerConfiguration, link: PlayerLink, logger: Logger) throws {
    self.configuration = configuration
    self.link = link
    self.logger = logger
    self.socket = try UDPSocket(bindingTo: .any(port: 0), tellsECN: true)
  }

  func run() {
    self.search(after: nil)
    var poll = PollSet([self.socket.fileDescriptor, self.link.networkWakeup.fileDescriptor])
    while true {
      do {
        _ = try poll.wait(until: self.deadline)
        if poll.isReadable(1) { self.link.networkWakeup.drain() }
        if poll.isReadable(0) { try self.receive() }
      } catch {
        self.link.finish(.failed("the network: \(error)"))
      }
      self.step()
      if let farewell, farewell <= .now { return }
    }
  }

  private var deadline: Instant? {
    [
      self.host?.session.deadline, self.attempt?.handshake.deadline, self.resumption?.handshake.deadline,
      self.search.retryAt, self.silence.deadline, self.farewell,
    ].lazy.compactMap { $0 }.min()
  }

  private func step() {
    let now = Instant.now
    if self.link.mustStop.load(ordering: .relaxed), self.farewell == nil { self.sayFarewell(now: now) }
    for event in self.link.takeInputs() {
      guard let sequence = self.host?.session.send(event, now: now) else { continue }
      self.figures.inputEventsSent += 1
      self.link.inputSent(sequence, now: now)
    }
    self.sendWishes(now: now)
    self.advanceSearch(now: now)
    self.advanceHandshakes(now: now)
    if let host = self.host {
      if self.link.decodingFailed.exchange(false, ordering: .relaxed) { host.session.decodingFailed(now: now) }
      self.deliver(from: host, now: now)
      host.poll(now: now, into: &self.outgoing)
      self.handleEvents(of: host, now: now)
      self.watchSilence(now: now)
    }
    if !self.outgoing.isEmpty { self.socket.send(&self.outgoing) }
    self.publish()
  }

  /// Says goodbye to the host, and stays until that has left.
  private func sayFarewell(now: Instant) {
    self.search.cancel()
    self.silence.reset()
    if let host = self.host {
      host.session.close(reason: "the player is done")
      self.resumption = nil
      self.attempt = nil
      self.farewell = now + .milliseconds(60)
    } else {
      // A host that is just answering would keep a seat for nobody.
      self.farewell = now + (self.attempt == nil ? .zero : .milliseconds(500))
    }
  }

  /// Plays on what a host has granted.
  func begin(_ grant: SessionGrant, _ keys: SessionKeys, with attempt: HandshakeAttempt, now: Instant) {
    do {
      if let path = self.configuration.keyLogPath { try KeyLog.append(grant: grant, keys: keys, to: path) }
      let isOtherHost = self.host?.offer != attempt.offer
      let session = PlayerSession(
        configuration: SessionConfiguration(
          grant: grant,
          canonicalName: "player",
          ntp: self.ntp,
          sequenceSeed: self.random.next()
        ),
        input: isOtherHost ? nil : self.host?.session.input,
        terms: self.sessionTerms(grant, isOtherHost: isOtherHost, now: now),
        code: self.code,
        now: now
      )
      self.leaveHost()
      if isOtherHost {
        self.figures.hosts.append(attempt.offer)
        if self.figures.handshakeTime == .zero { self.figures.handshakeTime = now - attempt.startedAt }
        if self.figures.hosts.count > 1 { self.logger.notice("playing on \(attempt.offer.address.endpoint) now") }
        self.link.hostChanged(firstFrame: self.continuity.nextIndex)
      } else {
        self.figures.resumptions += 1
      }
      self.continuity.sessionBegan(isOtherHost: isOtherHost)
      self.host = HostLink(
        offer: attempt.offer,
        address: attempt.address,
        grant: grant,
        session: session,
        keys: keys,
        now: now
      )
      self.silence.reset()
      self.figures.grant = grant
      self.figures.terms = grant.terms
      self.link.frameRate.store(grant.terms.frameRate, ordering: .relaxed)
      if self.farewell != nil { self.sayFarewell(now: now) }
    } catch {
      self.link.finish(.failed("\(error)"))
    }
  }

  /// Keeps the figures of the session that is over.
  func leaveHost() {
    guard let host = self.host else { return }
    self.rejectedBefore += host.rejectedCount
    self.statisticsBefore = self.statisticsBefore + host.session.statistics
    self.host = nil
  }

  // MARK: Datagrams

  func send(_ bytes: [UInt8], to address: SocketAddress) {
    _ = self.outgoing.append(to: address, maximumByteCount: bytes.count) { buffer in
      buffer.copyBytes(from: bytes)
      return bytes.count
    }
  }

  private func receive() throws {
    try self.socket.receive(into: &self.received)
    let now = Instant.now
    self.received.forEachArrival { datagram, _, arrival in self.receive(datagram, ecn: arrival.ecn, now: now) }
  }

  /// Sorts one datagram by its first byte.
  ///
  /// - Spec: RFC 7983 §7, RFC 5761 §4; Protocol/session.md §1.
  private func receive(_ datagram: UnsafeMutableRawBufferPointer, ecn: ECNMark, now: Instant) {
    guard datagram.count >= 8 else { return }
    switch datagram[0] {
    case 4...7:
      // Each takes only what is meant for it.
      self.resumption?.handshake.handle(UnsafeRawBufferPointer(datagram).bytes, now: now)
      self.attempt?.handshake.handle(UnsafeRawBufferPointer(datagram).bytes, now: now)
      // The host's first packets may lie behind its answer in this very batch.
      self.advanceHandshakes(now: now)
    case 128...191:
      guard let host = self.host else { return }
      if self.figures.firstPacketAt == nil { self.figures.firstPacketAt = now }
      let isRTCP = RTCPPacket.isRTCP(UnsafeRawBufferPointer(datagram).bytes)
      host.receive(datagram, kind: isRTCP ? .rtcp : .rtp, ecn: ecn, now: now)
    default: break
    }
  }

  // MARK: Session

  private func deliver(from host: HostLink, now: Instant) {
    var hasFrames = false
    var isTooSlow = false
    while host.session.nextFrame({ frame, accessUnit in
      hasFrames = true
      if !self.link.frames.put(accessUnit, label: self.continuity.continuing(frame)) { isTooSlow = true }
    }) {}
    if hasFrames {
      self.search.succeeded()
      self.link.pictureWakeup.signal()
    }
    // A frame that could not be handed on breaks the chain of references; a new chain can wait until there is room.
    if isTooSlow { self.mustRefresh = true }
    if self.mustRefresh, self.link.frames.hasRoom {
      self.mustRefresh = false
      host.session.decodingFailed(now: now)
    }
    while host.session.nextAudio(
      now: now,
      { step, payload in
        if self.link.audio.put(payload, label: self.continuity.continuing(step)) { self.link.audioSignal.signal() }
      }
    ) {}
  }

  private func publish() {
    self.figures.lastHeardAt = self.host?.lastHeardAt
    guard let host = self.host else { return self.link.publish(self.figures) }
    self.figures.statistics = self.statisticsBefore + host.session.statistics
    self.figures.roundTrip = host.session.roundTrip
    self.figures.clockUncertainty = host.session.clockUncertainty
    self.figures.rejectedDatagrams = self.rejectedBefore + host.rejectedCount
    self.link.publish(self.figures)
  }
}
