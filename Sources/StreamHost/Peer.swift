import DatagramIO
import Handshake
import MediaUnits
import SRTPProtection
import SessionProtocol
import Transport

/// One player's keys, address and transport state. Used by the network thread alone.
final class Peer {
  let grant: SessionGrant
  /// The key that the handshake proved.
  let player: PublicKey
  let seat: Seat
  /// When the hello came.
  let askedAt: Instant
  /// Whether the seat's stage was ready then.
  let wasReady: Bool
  /// A picture has been handed to the session.
  var hasPicture = false
  var session: HostSession
  var address: SocketAddress
  /// Bounds what an address gets before it has proven that it wants it.
  var amplification: AmplificationLimit
  /// Takes what the session logs, where that is wanted.
  let trace: TraceBuffer?
  /// Datagrams that failed authentication, were replayed, or came for an unknown stream.
  private(set) var rejectedCount = 0
  /// Ended; kept only until its goodbye has left.
  var isOver = false
  /// Packets held back from an unproven address.
  private(set) var withheldCount = 0
  private var protection: SRTPSender
  private var unprotection: SRTPReceiver
  private var newestIndex: UInt64?
  private var newestControlIndex: UInt64?
  /// Something authentic has come from the player.
  private(set) var isHeard = false
  /// The address is not the one that the answer went to.
  private var hasMoved = false

  init(
    grant: SessionGrant,
    player: PublicKey,
    seat: Seat,
    session: consuming HostSession,
    keys: SessionKeys,
    address: SocketAddress,
    amplification: AmplificationLimit,
    askedAt: Instant,
    trace: TraceBuffer? = nil
  ) {
    self.grant = grant
    self.player = player
    self.seat = seat
    self.askedAt = askedAt
    self.wasReady = seat.isReady
    self.session = session
    self.address = address
    self.amplification = amplification
    self.protection = SRTPSender(keys.hostToPlayer)
    self.unprotection = SRTPReceiver(keys.playerToHost)
    self.trace = trace
    if trace != nil { self.session.trace = ControlTraceLog(capacity: ControlTraceLog.usualCapacity) }
  }

  deinit {
    self.trace?.close(with: &self.session.trace)
  }

  /// Takes one SRTP or SRTCP datagram for this peer, from whatever address.
  func receive(_ datagram: UnsafeMutableRawBufferPointer, kind: PacketKind, from address: SocketAddress, now: Instant) {
    do {
      switch kind {
      case .rtp:
        let byteCount = try self.unprotection.unprotectRTP(datagram)
        let index = self.unprotection.lastIndex
        let isNewest = self.newestIndex.map { index > $0 } ?? true
        self.heard(from: address, isNewest: isNewest, byteCount: datagram.count, now: now)
        self.newestIndex = max(self.newestIndex ?? 0, index)
        self.session.handle(rtp: UnsafeRawBufferPointer(rebasing: datagram[..<byteCount]).bytes, now: now)
      case .rtcp:
        let byteCount = try self.unprotection.unprotectRTCP(datagram)
        let index = self.unprotection.lastIndex
        let isNewest = self.newestControlIndex.map { index > $0 } ?? true
        self.heard(from: address, isNewest: isNewest, byteCount: datagram.count, now: now)
        self.newestControlIndex = max(self.newestControlIndex ?? 0, index)
        self.session.handle(rtcp: UnsafeRawBufferPointer(rebasing: datagram[..<byteCount]).bytes, now: now)
      }
    } catch {
      self.rejectedCount += 1
    }
  }

  /// Protects everything that the session wants sent now, into `batch`.
  func poll(now: Instant, into batch: inout SendBatch, flush: (inout SendBatch) -> Void) {
    self.session.poll(now: now) { packet, kind in
      let byteCount = packet.byteCount + (kind == .rtp ? SRTPSender.rtpOverhead : SRTPSender.rtcpOverhead)
      guard self.amplification.canSend(byteCount: byteCount) else {
        self.withheldCount += 1
        return
      }
      self.amplification.sent(byteCount: byteCount)
      if batch.isFull { flush(&batch) }
      _ = batch.append(to: self.address, maximumByteCount: byteCount) { buffer in
        packet.withUnsafeBytes { plaintext in
          switch kind {
          case .rtp: self.protection.protectRTP(plaintext, into: buffer)
          case .rtcp: self.protection.protectRTCP(plaintext, into: buffer)
          }
        }
      }
    }
    self.trace?.take(from: &self.session.trace)
  }

  /// The player's current address has shown that it receives what is sent to it.
  func pathValidated() {
    self.amplification.validated()
  }

  private func heard(from address: SocketAddress, isNewest: Bool, byteCount: Int, now: Instant) {
    self.isHeard = true
    if address == self.address {
      self.amplification.received(byteCount: byteCount)
      // Only who received the answer at this address can have the keys. After a move that says nothing.
      if !self.hasMoved { self.amplification.validated() }
      return
    }
    // An old packet may come late from where the player was before.
    guard isNewest else { return }
    self.address = address
    self.hasMoved = true
    var amplification = AmplificationLimit()
    amplification.received(byteCount: byteCount)
    self.amplification = amplification
    self.session.pathChanged(now: now)
  }
}
