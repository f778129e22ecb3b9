import DatagramIO
import Handshake
import MediaUnits
import RTP
import SRTPProtection
import SessionProtocol
import Transport

/// One player without a decoder: its handshake, its keys, its session and its figures. Used by the load's thread alone.
final class HeadlessPlayer {
  enum Phase {
    /// Not due yet.
    case waiting
    case asking
    case playing
    case over
  }

  let startsAt: Instant
  private(set) var phase = Phase.waiting
  private(set) var grant: SessionGrant?
  /// Why there is no session, or no longer; `nil` while there is.
  private(set) var failure: String?
  private(set) var startedAt: Instant?
  private(set) var firstPacketAt: Instant?
  private(set) var firstFrameAt: Instant?
  private(set) var meter = FrameMeter()
  private(set) var statistics = PlayerSession.Statistics()
  private(set) var rejectedCount = 0
  private var handshake: PlayerHandshake?
  private var session: PlayerSession?
  private var protection: SRTPSender?
  private var unprotection: SRTPReceiver?

  init(startsAt: Instant) {
    self.startsAt = startsAt
  }

  var deadline: Instant {
    switch self.phase {
    case .waiting: self.startsAt
    case .asking: self.handshake?.deadline ?? .distantFuture
    case .playing: self.session?.deadline ?? .distantFuture
    case .over: .distantFuture
    }
  }

  func start(_ configuration: LoadConfiguration, ntp: NTPClock, now: Instant) {
    self.startedAt = now
    self.phase = .asking
    var handshake = PlayerHandshake.Configuration()
    handshake.limit = configuration.connectTimeout
    self.handshake = PlayerHandshake(
      identity: StaticKeyPair(),
      hostKey: configuration.host.key,
      request: SessionRequest(
        terms: configuration.terms,
        resumedSession: nil,
        requestTime: UInt64(max(0, ntp.nanosecondsSince1970(at: now))),
        ticket: []
      ),
      configuration: handshake,
      now: now
    )
    if self.handshake == nil { self.fail("the address has no host's key") }
  }

  /// Takes a handshake datagram, which may be another player's.
  func receive(handshake datagram: UnsafeRawBufferPointer, ntp: NTPClock, now: Instant) {
    guard self.phase == .asking else { return }
    self.handshake?.handle(datagram.bytes, now: now)
    self.advance(ntp: ntp, now: now)
  }

  /// Takes an SRTP or SRTCP datagram of this player's streams.
  func receive(_ datagram: UnsafeMutableRawBufferPointer, isRTCP: Bool, now: Instant) {
    guard self.unprotection != nil, self.phase == .playing else { return }
    do {
      if isRTCP {
        guard let count = try self.unprotection?.unprotectRTCP(datagram) else { return }
        self.session?.handle(rtcp: UnsafeRawBufferPointer(rebasing: datagram[..<count]).bytes, now: now)
      } else {
        guard let count = try self.unprotection?.unprotectRTP(datagram) else { return }
        self.session?.handle(rtp: UnsafeRawBufferPointer(rebasing: datagram[..<count]).bytes, now: now)
      }
      if self.firstPacketAt == nil { self.firstPacketAt = now }
    } catch {
      self.rejectedCount += 1
    }
  }

  /// Does what is due, and puts what is to be sent into `batch`.
  func step(
    to address: SocketAddress,
    batch: inout SendBatch,
    ntp: NTPClock,
    now: Instant,
    flush: (inout SendBatch) -> Void
  ) {
    if self.phase == .asking {
      while let datagram = self.handshake?.poll(now: now) {
        if batch.isFull { flush(&batch) }
        _ = batch.append(to: address, maximumByteCount: datagram.count) { buffer in
          buffer.copyBytes(from: datagram)
          return datagram.count
        }
      }
      self.advance(ntp: ntp, now: now)
    }
    guard self.phase == .playing else { return }
    while self.session?.nextFrame({ frame, _ in
      if self.firstFrameAt == nil { self.firstFrameAt = frame.completedAt }
      self.meter.record(frame)
    }) ?? false {}
    while self.session?.nextAudio(now: now, { _, _ in }) ?? false {}
    self.session?.poll(now: now) { packet, kind in
      if batch.isFull { flush(&batch) }
      _ = batch.append(to: address, maximumByteCount: packet.byteCount + SRTPSender.rtcpOverhead) { buffer in
        packet.withUnsafeBytes { plaintext in
          switch kind {
          case .rtp: self.protection?.protectRTP(plaintext, into: buffer) ?? 0
          case .rtcp: self.protection?.protectRTCP(plaintext, into: buffer) ?? 0
          }
        }
      }
    }
    if let statistics = self.session?.statistics { self.statistics = statistics }
    while let event = self.session?.nextEvent() {
      switch event {
      case .silent: break
      case .expired: self.fail("the host fell silent")
      case .closed(let reason): self.fail("the host ended the session: \(reason ?? "no reason given")")
      }
    }
  }

  /// The run is over.
  func close() {
    switch self.phase {
    case .waiting, .over: self.phase = .over
    case .asking: self.fail("the run ended before the host answered")
    case .playing: self.session?.close(reason: "the load test is over")
    }
  }

  private func advance(ntp: NTPClock, now: Instant) {
    guard let outcome = self.handshake?.outcome else { return }
    self.handshake = nil
    switch outcome {
    case .granted(let grant, let keys):
      var random = SystemRandomNumberGenerator()
      self.grant = grant
      self.phase = .playing
      self.protection = SRTPSender(keys.playerToHost)
      self.unprotection = SRTPReceiver(keys.hostToPlayer)
      self.session = PlayerSession(
        configuration: SessionConfiguration(
          grant: grant,
          canonicalName: "load",
          ntp: ntp,
          sequenceSeed: random.next()
        ),
        now: now
      )
    case .refused(let refusal): self.fail("the host declined: \(refusal.text)")
    case .timedOut(let hint): self.fail(hint == nil ? "no host answers" : "the host does not have the address's key")
    }
  }

  private func fail(_ reason: String) {
    self.failure = reason
    self.phase = .over
  }
}
