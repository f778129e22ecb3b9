import DatagramIO
import Handshake
import MediaUnits
import SRTPProtection
import SessionProtocol
import Transport

/// One player's keys, address and transport state. Used by the network thread alone.
final class Peer {
  let grant: SessionGrant
  let seat: Seat
  var session: HostSession
  var address: SocketAddress
  /// Bounds what an address gets before it has proven that it wants it; `nil` once it has.
  var amplification: AmplificationLimit?
  /// Datagrams that failed authentication, were replayed, or came for an unknown stream.
  private(set) var rejectedCount = 0
  /// Ended; kept only until its goodbye has left.
  var isOver = false
  /// Packets held back from an unproven address.
  private(set) var withheldCount = 0
  private var protection: SRTPSender
  private var unprotection: SRTPReceiver
  private var newestIndex: UInt64 = 0

  init(
    grant: SessionGrant,
    seat: Seat,
    session: consuming HostSession,
    keys: SessionKeys,
    address: SocketAddress,
    amplification: AmplificationLimit
  ) throws {
    self.grant = grant
    self.seat = seat
    self.session = session
    self.address = address
    self.amplification = amplification
    self.protection = try SRTPSender(keys.hostToPlayer)
    self.unprotection = try SRTPReceiver(keys.playerToHost)
  }

  /// Takes one SRTP or SRTCP datagram for this peer, from whatever address.
  func receive(_ datagram: UnsafeMutableRawBufferPointer, kind: PacketKind, from address: SocketAddress, now: Instant) {
    do {
      switch kind {
      case .rtp:
        let opened = try self.unprotection.unprotectRTP(datagram)
        self.heard(from: address, isNewest: opened.index > self.newestIndex, byteCount: datagram.count)
        self.newestIndex = max(self.newestIndex, opened.index)
        self.session.handle(rtp: UnsafeRawBufferPointer(datagram)[..<opened.byteCount].bytes, now: now)
      case .rtcp:
        let byteCount = try self.unprotection.unprotectRTCP(datagram)
        self.heard(from: address, isNewest: true, byteCount: datagram.count)
        self.session.handle(rtcp: UnsafeRawBufferPointer(datagram)[..<byteCount].bytes, now: now)
      }
    } catch {
      self.rejectedCount += 1
    }
  }

  /// Protects everything that the session wants sent now, into `batch`.
  func poll(now: Instant, into batch: inout SendBatch, flush: (inout SendBatch) -> Void) {
    self.session.poll(now: now) { packet, kind in
      if self.amplification != nil {
        guard self.amplification!.canSend(byteCount: packet.byteCount + 24) else {
          self.withheldCount += 1
          return
        }
        self.amplification!.sent(byteCount: packet.byteCount + 24)
      }
      if batch.isFull { flush(&batch) }
      batch.append(to: self.address, maximumByteCount: packet.byteCount + 24) { buffer in
        packet.withUnsafeBytes { plaintext in
          switch kind {
          case .rtp: self.protection.protectRTP(plaintext, into: buffer)
          case .rtcp: self.protection.protectRTCP(plaintext, into: buffer)
          }
        }
      }
    }
  }

  /// The player's current address has shown that it receives what is sent to it.
  func pathValidated() {
    self.amplification = nil
  }

  private func heard(from address: SocketAddress, isNewest: Bool, byteCount: Int) {
    if address == self.address {
      self.amplification?.received(byteCount: byteCount)
      return
    }
    // An old packet may come late from where the player was before.
    guard isNewest else { return }
    self.address = address
    var amplification = AmplificationLimit()
    amplification.received(byteCount: byteCount)
    self.amplification = amplification
    self.session.pathChanged()
  }
}
