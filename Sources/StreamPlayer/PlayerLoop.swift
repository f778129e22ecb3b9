import DatagramIO
import Dispatch
import Handshake
import Logging
import MediaUnits
import Octets
import RTP
import SessionProtocol
import Synchronization
import Transport

/// The player's network thread: the only place that touches the socket, the handshake and the session.
final class PlayerLoop {
  /// How often a silent host is asked whether it still knows the session.
  private static let resumeTimeout: Duration = .seconds(2)

  private let configuration: PlayerConfiguration
  private let link: PlayerLink
  private let logger: Logger
  private let ntp = NTPClock.system()
  private let address: SocketAddress
  private var socket: UDPSocket
  private var received = ReceiveBatch()
  private var outgoing = SendBatch(byteCount: 256 << 10)
  private var handshake: PlayerHandshake?
  private var host: HostLink?
  private var random = SystemRandomNumberGenerator()
  private var figures = NetworkFigures()
  private var rejectedBefore = 0
  private var statisticsBefore = PlayerSession.Statistics()
  private var farewell: Instant?
  private var mustRefresh = false

  init(configuration: PlayerConfiguration, link: PlayerLink, logger: Logger) throws {
    self.configuration = configuration
    self.link = link
    self.logger = logger
    self.address = try SocketAddress(host: configuration.host.host, port: configuration.host.port)
    self.socket = try UDPSocket(bindingTo: .any(port: 0))
  }

  func run() {
    self.figures.startedAt = .now
    self.beginHandshake(resuming: nil, timeout: self.configuration.connectTimeout)
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
    var earliest = self.host?.session.deadline
    if let farewell = self.farewell { earliest = min(earliest ?? farewell, farewell) }
    if let handshake = self.handshake?.deadline { earliest = min(earliest ?? handshake, handshake) }
    return earliest
  }

  private func step() {
    let now = Instant.now
    if self.link.mustStop.load(ordering: .relaxed), self.farewell == nil { self.sayFarewell(now: now) }
    for event in self.link.takeInputs() {
      guard let sequence = self.host?.session.send(event, now: now) else { continue }
      self.figures.inputEventsSent += 1
      self.link.inputSent(sequence, now: now)
    }
    self.advanceHandshake(now: now)
    if let host = self.host {
      if self.link.decodingFailed.exchange(false, ordering: .relaxed) { host.session.decodingFailed(now: now) }
      self.deliver(from: host, now: now)
      host.poll(now: now, to: self.address, into: &self.outgoing)
      self.handleEvents(of: host)
    }
    if !self.outgoing.isEmpty { self.socket.send(&self.outgoing) }
    self.publish()
  }

  /// Says goodbye to the host, and stays until that has left.
  private func sayFarewell(now: Instant) {
    if let host = self.host {
      host.session.close(reason: "the player is done")
      self.handshake = nil
      self.farewell = now + .milliseconds(60)
    } else {
      // A host that is just answering would keep a seat for nobody.
      self.farewell = now + (self.handshake == nil ? .zero : .milliseconds(500))
    }
  }

  // MARK: Handshake

  private func beginHandshake(resuming: ConnectionID?, timeout: Duration) {
    let milliseconds = self.configuration.audioPacketMilliseconds
    let request = SessionRequest(
      terms: StreamTerms(
        picture: self.configuration.size,
        frameRate: self.configuration.frameRate,
        maximumBitrate: self.configuration.bitrate,
        audioPacketDuration: milliseconds > 0 ? .milliseconds(milliseconds) : nil
      ),
      resumedSession: resuming,
      requestTime: UInt64(max(0, self.ntp.nanosecondsSince1970(at: .now)))
    )
    var configuration = PlayerHandshake.Configuration()
    configuration.limit = timeout
    self.handshake = PlayerHandshake(
      identity: self.configuration.identity,
      hostKey: self.configuration.host.key,
      request: request,
      configuration: configuration,
      now: .now
    )
    if self.handshake == nil { self.link.finish(.wrongHostKey) }
  }

  private func advanceHandshake(now: Instant) {
    guard self.handshake != nil else { return }
    while let datagram = self.handshake!.poll(now: now) { self.send(datagram) }
    guard let outcome = self.handshake!.outcome else { return }
    self.handshake = nil
    switch outcome {
    case .granted(let grant, let keys): self.begin(grant, keys, now: now)
    case .refused(let refusal):
      // After a silence, a host that no longer knows the session has ended it.
      if self.host != nil, refusal.code == .unknownSession {
        self.link.finish(.closedByHost(reason: "the session is over"))
      } else {
        self.link.finish(.refused(refusal))
      }
    case .timedOut(let hint):
      if let host = self.host {
        self.beginHandshake(resuming: host.grant.connection, timeout: Self.resumeTimeout)
      } else {
        self.link.finish(hint == nil ? .unreachable : .wrongHostKey)
      }
    }
  }

  private func begin(_ grant: SessionGrant, _ keys: SessionKeys, now: Instant) {
    do {
      if let path = self.configuration.keyLogPath { try KeyLog.append(grant: grant, keys: keys, to: path) }
      let session = PlayerSession(
        configuration: SessionConfiguration(
          grant: grant,
          canonicalName: "player",
          ntp: self.ntp,
          sequenceSeed: self.random.next()
        ),
        input: self.host?.session.input,
        now: now
      )
      if let host = self.host {
        self.rejectedBefore += host.rejectedCount
        self.statisticsBefore = self.statisticsBefore + host.session.statistics
        self.figures.resumptions += 1
      } else {
        self.figures.handshakeTime = now - self.figures.startedAt
      }
      self.host = HostLink(grant: grant, session: session, keys: keys)
      self.figures.grant = grant
      if self.farewell != nil { self.sayFarewell(now: now) }
    } catch {
      self.link.finish(.failed("\(error)"))
    }
  }

  // MARK: Datagrams

  private func send(_ bytes: [UInt8]) {
    _ = self.outgoing.append(to: self.address, maximumByteCount: bytes.count) { buffer in
      buffer.copyBytes(from: bytes)
      return bytes.count
    }
  }

  private func receive() throws {
    try self.socket.receive(into: &self.received)
    let now = Instant.now
    self.received.forEach { datagram, _ in self.receive(datagram, now: now) }
  }

  /// Sorts one datagram by its first byte.
  ///
  /// - Spec: RFC 7983 §7, RFC 5761 §4; Protocol/session.md §1.
  private func receive(_ datagram: UnsafeMutableRawBufferPointer, now: Instant) {
    guard datagram.count >= 8 else { return }
    switch datagram[0] {
    case 4...7:
      self.handshake?.handle(UnsafeRawBufferPointer(datagram).bytes, now: now)
      // The host's first packets may lie behind its answer in this very batch.
      self.advanceHandshake(now: now)
    case 128...191:
      guard let host = self.host else { return }
      if self.figures.firstPacketTime == nil { self.figures.firstPacketTime = now - self.figures.startedAt }
      let isRTCP = RTCPPacket.isRTCP(UnsafeRawBufferPointer(datagram).bytes)
      host.receive(datagram, kind: isRTCP ? .rtcp : .rtp, now: now)
    default: break
    }
  }

  // MARK: Session

  private func deliver(from host: HostLink, now: Instant) {
    var hasFrames = false
    var isTooSlow = false
    while host.session.nextFrame({ frame, accessUnit in
      hasFrames = true
      if !self.link.frames.put(accessUnit, label: frame) { isTooSlow = true }
    }) {}
    if hasFrames { self.link.pictureWakeup.signal() }
    // A frame that could not be handed on breaks the chain of references; a new chain can wait until there is room.
    if isTooSlow { self.mustRefresh = true }
    if self.mustRefresh, self.link.frames.hasRoom {
      self.mustRefresh = false
      host.session.decodingFailed(now: now)
    }
    while host.session.nextAudio(
      now: now,
      { step, payload in
        if self.link.audio.put(payload, label: step) { self.link.audioSignal.signal() }
      }
    ) {}
  }

  private func handleEvents(of host: HostLink) {
    while let event = host.session.nextEvent() {
      switch event {
      case .silent:
        self.logger.notice("the host has gone silent; trying to resume")
        if self.handshake == nil {
          self.beginHandshake(resuming: host.grant.connection, timeout: Self.resumeTimeout)
        }
      case .expired: self.link.finish(.hostLost)
      case .closed(let reason): self.link.finish(.closedByHost(reason: reason))
      }
    }
  }

  private func publish() {
    guard let host = self.host else { return }
    self.figures.statistics = self.statisticsBefore + host.session.statistics
    self.figures.roundTrip = host.session.roundTrip
    self.figures.clockUncertainty = host.session.clockUncertainty
    self.figures.rejectedDatagrams = self.rejectedBefore + host.rejectedCount
    self.link.publish(self.figures)
  }
}
