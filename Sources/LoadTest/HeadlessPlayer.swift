import DatagramIO
import Handshake
import MediaUnits
import NetworkSimulator
import RTP
import SRTPProtection
import SessionReport
import SessionProtocol
import Transport

/// One player without a window: its socket, its handshake, its keys, its session. Used by the load's thread alone.
final class HeadlessPlayer {
  enum Phase {
    /// Not due yet.
    case waiting
    /// A seat is being looked for.
    case seeking
    case asking
    case playing
    case over
  }

  let number: Int
  let startsAt: Instant
  let identity = StaticKeyPair()
  private let configuration: LoadConfiguration
  private let figures: LoadFigures
  private let ntp: NTPClock
  private(set) var phase = Phase.waiting
  /// Why there is no session, or no longer; `nil` while there is.
  private(set) var failure: String?
  private(set) var startedAt: Instant?
  private(set) var firstPacketAt: Instant?
  private(set) var firstFrameAt: Instant?
  private(set) var track = ViewMeter.Track()
  private(set) var byteCount = 0
  private(set) var rejectedCount = 0
  /// Frames that the decoder had no room for, so far was it behind.
  private(set) var undecodedCount = 0
  /// When ``step(batch:now:)`` must be called next, should nothing come before.
  private(set) var wakesAt: Instant
  /// Something has come since the last step.
  private(set) var isStirred = false
  /// What lost packets are rebuilt with; all players of a thread have the same.
  private let code: any ErasureCode
  let decoder: DecodeThread?
  /// What still comes is not looked at any more.
  private var isClosing = false
  private var statisticsBefore = PlayerSession.Statistics()
  private var path: PlayerPath
  private var seat: LoadSeat?
  private var grant: SessionGrant?
  private var handshake: PlayerHandshake?
  private var session: PlayerSession?
  private var protection: SRTPSender?
  private var unprotection: SRTPReceiver?
  private var script: PlayerScript?

  /// - Throws: ``SocketError`` where the player cannot have a socket of its own.
  init(
    number: Int,
    startsAt: Instant,
    configuration: LoadConfiguration,
    figures: LoadFigures,
    ntp: NTPClock,
    code: any ErasureCode,
    decoder: DecodeThread?
  ) throws {
    self.number = number
    self.startsAt = startsAt
    self.wakesAt = startsAt
    self.configuration = configuration
    self.figures = figures
    self.ntp = ntp
    self.code = code
    self.decoder = decoder
    self.path = try PlayerPath()
    self.script = configuration.script.map(PlayerScript.init)
  }

  var fileDescriptor: Int32 { self.path.fileDescriptor }

  /// Over all sessions that this player had.
  var statistics: PlayerSession.Statistics { self.statisticsBefore + (self.session?.statistics ?? .init()) }

  /// Where the player's host is; `nil` as long as it has none.
  var endpoint: String? { self.seat.map { "\($0.address.host):\($0.address.port)" } }

  var roundTrip: Duration? { self.session?.roundTrip }

  /// The most by which the relation of the host's clock to this machine's can be off.
  var clockUncertainty: Duration { (self.session?.clockUncertainty ?? .zero) / 2 }

  /// The player is due, and a seat is looked for.
  func seek(now: Instant) {
    self.startedAt = now
    self.phase = .seeking
    self.wakesAt = .distantFuture
  }

  /// Asks the host that has a seat.
  func start(at seat: LoadSeat, address: SocketAddress, now: Instant) {
    guard self.phase == .waiting || self.phase == .seeking else { return }
    if self.startedAt == nil { self.startedAt = now }
    self.seat = seat
    self.phase = .asking
    let links = self.configuration.links
    self.path.lead(
      to: address,
      links: links.isEmpty
        ? nil
        : PlayerLinks(
          links[self.number % links.count],
          seed: self.configuration.seed,
          player: self.number,
          now: now
        )
    )
    self.beginHandshake(limit: self.configuration.connectTimeout, now: now)
    if self.handshake == nil { self.fail("the address has no host's key") }
    self.isStirred = true
  }

  func fail(_ reason: String) {
    self.failure = self.failure ?? reason
    self.phase = .over
    self.wakesAt = .distantFuture
  }

  /// Takes what has arrived.
  func receive(into batch: inout ReceiveBatch) throws(SocketError) {
    self.isStirred = true
    try self.path.receive(into: &batch, queue: &self.figures.receiveQueue) { self.receive($0, ecn: $1, now: $2) }
  }

  /// Sorts one datagram by its first byte.
  ///
  /// - Spec: RFC 7983 §7, RFC 5761 §4; Protocol/session.md §1.
  private func receive(_ datagram: UnsafeMutableRawBufferPointer, ecn: ECNMark, now: Instant) {
    guard datagram.count >= 12 else { return }
    switch datagram[0] {
    case 4...7:
      self.handshake?.handle(UnsafeRawBufferPointer(datagram).bytes, now: now)
      // The host's first packets may lie behind its answer in this very batch.
      self.advance(now: now)
    case 128...191: self.receiveMedia(datagram, ecn: ecn, now: now)
    default: self.rejectedCount += 1
    }
  }

  private func receiveMedia(_ datagram: UnsafeMutableRawBufferPointer, ecn: ECNMark, now: Instant) {
    guard self.phase == .playing else { return }
    do {
      if RTCPPacket.isRTCP(UnsafeRawBufferPointer(datagram).bytes) {
        guard let count = try self.unprotection?.unprotectRTCP(datagram) else { return }
        self.session?.handle(rtcp: UnsafeRawBufferPointer(rebasing: datagram[..<count]).bytes, now: now)
      } else {
        guard let count = try self.unprotection?.unprotectRTP(datagram) else { return }
        self.session?.handle(rtp: UnsafeRawBufferPointer(rebasing: datagram[..<count]).bytes, ecn: ecn, now: now)
      }
      if self.firstPacketAt == nil { self.firstPacketAt = now }
    } catch {
      self.rejectedCount += 1
    }
  }

  /// Does what is due, and sends what is to be sent.
  func step(batch: inout SendBatch, now: Instant) {
    self.isStirred = false
    while var datagram = self.path.receiveFromLink(now: now) {
      let ecn = datagram.ecn
      datagram.bytes.withUnsafeMutableBytes { self.receive($0, ecn: ecn, now: now) }
    }
    if self.handshake != nil { self.stepHandshake(batch: &batch, now: now) }
    if self.phase == .playing { self.stepSession(batch: &batch, now: now) }
    self.path.flush(&batch, now: now)
    self.wakesAt = self.deadline
  }

  private var deadline: Instant {
    switch self.phase {
    case .waiting: return self.startsAt
    case .seeking, .over: return .distantFuture
    case .asking: return min(self.handshake?.deadline ?? .distantFuture, self.path.deadline)
    case .playing:
      var deadline = min(self.session?.deadline ?? .distantFuture, self.path.deadline)
      if let handshake = self.handshake?.deadline { deadline = min(deadline, handshake) }
      return min(deadline, self.script?.deadline ?? .distantFuture)
    }
  }

  /// The run is over.
  func close(now: Instant) {
    self.isClosing = true
    self.figures.meter.finish(&self.track, at: now)
    self.script?.finish(now: now, in: &self.figures.inputToFrame)
    self.script = nil
    switch self.phase {
    case .waiting, .over: self.phase = .over
    case .seeking: self.fail("the run ended before a seat was found")
    case .asking: self.fail("the run ended before the host answered")
    case .playing:
      self.session?.close(reason: "the load test is over")
      self.isStirred = true
    }
  }

  // MARK: Handshake

  private func beginHandshake(limit: Duration, now: Instant) {
    guard let seat = self.seat else { return }
    var configuration = PlayerHandshake.Configuration()
    configuration.limit = limit
    self.handshake = PlayerHandshake(
      identity: self.identity,
      hostKey: seat.address.key,
      request: SessionRequest(
        terms: self.configuration.terms,
        resumedSession: self.grant?.connection,
        requestTime: UInt64(max(0, self.ntp.nanosecondsSince1970(at: now))),
        ticket: seat.ticket
      ),
      configuration: configuration,
      now: now
    )
  }

  private func stepHandshake(batch: inout SendBatch, now: Instant) {
    while let datagram = self.handshake?.poll(now: now) {
      self.path.put(byteCount: datagram.count, into: &batch, now: now) { buffer in
        buffer.copyBytes(from: datagram)
        return datagram.count
      }
    }
    self.advance(now: now)
  }

  private func advance(now: Instant) {
    guard let outcome = self.handshake?.outcome else { return }
    self.handshake = nil
    switch outcome {
    case .granted(let grant, let keys): self.begin(grant, keys, now: now)
    case .refused(let refusal): self.fail("the host declined: \(refusal.text)")
    case .timedOut(let hint):
      // A host that is silent may come back: it is asked until the session itself gives up.
      if self.phase == .playing { return self.beginHandshake(limit: .seconds(2), now: now) }
      self.fail(hint == nil ? "no host answers" : "the host does not have the address's key")
    }
  }

  private func begin(_ grant: SessionGrant, _ keys: SessionKeys, now: Instant) {
    var random = SystemRandomNumberGenerator()
    if let old = self.session?.statistics {
      self.statisticsBefore = self.statisticsBefore + old
      self.figures.resumptionCount += 1
      self.track.restart()
      self.decoder?.restart()
    }
    let input = self.session?.input
    self.session = PlayerSession(
      configuration: SessionConfiguration(
        grant: grant,
        canonicalName: "load",
        ntp: self.ntp,
        sequenceSeed: random.next()
      ),
      input: input,
      terms: PlayerTerms(granted: grant.terms),
      code: self.code,
      now: now
    )
    self.grant = grant
    self.phase = .playing
    self.protection = SRTPSender(keys.playerToHost)
    self.unprotection = SRTPReceiver(keys.hostToPlayer)
  }

  // MARK: Session

  private func stepSession(batch: inout SendBatch, now: Instant) {
    var isTooSlow = false
    while self.session?.nextFrame({ frame, accessUnit in
      guard !self.isClosing else { return }
      self.byteCount += frame.byteCount
      // What is still being drawn anew after a loss is decoded, and nobody sees it.
      if frame.refresh != .underWay {
        let seenAt = self.figures.record(frame, of: &self.track)
        if self.firstFrameAt == nil { self.firstFrameAt = seenAt }
        self.script?.begin(now: now)
        self.script?.shown(frame.inputSequence, at: seenAt, in: &self.figures.inputToFrame)
      }
      if let decoder = self.decoder, !decoder.put(accessUnit, frame: frame) {
        self.undecodedCount += 1
        isTooSlow = true
      }
    }) ?? false {}
    // A frame that could not be handed on breaks the chain of references, and so does one that did not decode.
    if isTooSlow || self.decoder?.takeFailure() ?? false { self.session?.decodingFailed(now: now) }
    while self.session?.nextAudio(now: now, { _, _ in }) ?? false {}
    self.script?.poll(now: now) { self.session?.send($0, now: now) }
    self.session?.poll(now: now) { packet, kind in
      self.path.put(byteCount: packet.byteCount + SRTPSender.rtcpOverhead, into: &batch, now: now) { buffer in
        packet.withUnsafeBytes { plaintext in
          switch kind {
          case .rtp: self.protection?.protectRTP(plaintext, into: buffer) ?? 0
          case .rtcp: self.protection?.protectRTCP(plaintext, into: buffer) ?? 0
          }
        }
      }
    }
    while let event = self.session?.nextEvent() {
      switch event {
      case .silent: if self.handshake == nil { self.beginHandshake(limit: .seconds(2), now: now) }
      // It asks for no change; one that the host makes by itself counts as it comes.
      case .termsChanged, .wishAnswered, .wishUnanswered: break
      case .expired: self.fail("the host fell silent")
      case .closed(let reason): self.fail("the host ended the session: \(reason ?? "no reason given")")
      }
    }
  }
}
