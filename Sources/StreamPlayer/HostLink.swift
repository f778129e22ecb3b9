import DatagramIO
import Handshake
import MediaUnits
import SRTPProtection
import SessionProtocol
import Transport

/// One set of keys with the host, and the transport state that goes with it. Used by the network thread alone.
final class HostLink {
  let offer: HostOffer
  let address: SocketAddress
  let grant: SessionGrant
  var session: PlayerSession
  /// Datagrams that failed authentication or were replayed.
  private(set) var rejectedCount = 0
  /// When the last authentic datagram came.
  private(set) var lastHeardAt: Instant
  private var protection: SRTPSender
  private var unprotection: SRTPReceiver

  init(
    offer: HostOffer,
    address: SocketAddress,
    grant: SessionGrant,
    session: consuming PlayerSession,
    keys: SessionKeys,
    now: Instant
  ) {
    self.offer = offer
    self.address = address
    self.lastHeardAt = now
    self.grant = grant
    self.session = session
    self.protection = SRTPSender(keys.playerToHost)
    self.unprotection = SRTPReceiver(keys.hostToPlayer)
  }

  /// Takes one SRTP or SRTCP datagram.
  ///
  /// - Parameter ecn: the mark that it came with.
  func receive(_ datagram: UnsafeMutableRawBufferPointer, kind: PacketKind, ecn: ECNMark, now: Instant) {
    do {
      switch kind {
      case .rtp:
        let byteCount = try self.unprotection.unprotectRTP(datagram)
        self.session.handle(rtp: UnsafeRawBufferPointer(rebasing: datagram[..<byteCount]).bytes, ecn: ecn, now: now)
      case .rtcp:
        let byteCount = try self.unprotection.unprotectRTCP(datagram)
        self.session.handle(rtcp: UnsafeRawBufferPointer(rebasing: datagram[..<byteCount]).bytes, now: now)
      }
      self.lastHeardAt = now
    } catch {
      self.rejectedCount += 1
    }
  }

  /// Protects everything that the session wants sent now, into `batch`.
  func poll(now: Instant, into batch: inout SendBatch) {
    self.session.poll(now: now) { packet, kind in
      _ = batch.append(to: self.address, maximumByteCount: packet.byteCount + SRTPSender.rtcpOverhead) { buffer in
        packet.withUnsafeBytes { plaintext in
          switch kind {
          case .rtp: self.protection.protectRTP(plaintext, into: buffer)
          case .rtcp: self.protection.protectRTCP(plaintext, into: buffer)
          }
        }
      }
    }
  }
}
