public import SessionProtocol

/// Protects outgoing RTP and RTCP with AEAD_AES_128_GCM: one direction of one session.
///
/// Owned by one thread. Allocates nothing per packet.
///
/// - Spec: RFC 3711, RFC 7714; no MKI, 16-byte tag, key derivation rate 0.
public struct SRTPSender: ~Copyable {
  /// Bytes by which an RTP packet grows.
  public static let rtpOverhead = SessionCipher.tagByteCount
  /// Bytes by which an RTCP packet grows: the tag, and the encryption flag with the index.
  public static let rtcpOverhead = SessionCipher.tagByteCount + 4

  private let rtp: SessionCipher
  private let rtcp: SessionCipher
  private var rtpStreams = StreamTable()
  private var rtcpStreams = StreamTable()

  public init(_ masterKey: SRTPMasterKey) {
    self.rtp = SessionCipher(masterKey, for: .rtp, encrypts: true)
    self.rtcp = SessionCipher(masterKey, for: .rtcp, encrypts: true)
  }

  /// Protects one RTP packet.
  ///
  /// The stream's first sequence number should lie below 2^15, so that no receiver misses the first rollover when the
  /// first packets are lost. At most 16 SSRCs, in RTP and RTCP each.
  ///
  /// - Parameters:
  ///   - packet: a whole RTP packet, which stays as it is. No sequence number may come twice in one SSRC (the cipher's
  ///     nonce would repeat, which gives the key away) nor lie 1024 or more behind the newest.
  ///   - output: elsewhere, with room for ``rtpOverhead`` bytes more than the packet has.
  /// - Returns: the protected packet's byte count.
  /// - Spec: RFC 7714 §8, RFC 3711 §3.3.1.
  public mutating func protectRTP(_ packet: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int {
    guard let layout = PacketLayout(rtp: packet), let base = output.baseAddress else {
      preconditionFailure("only whole RTP packets are sent")
    }
    precondition(output.count >= packet.count + Self.rtpOverhead, "the tag needs room")
    let position = self.rtpStreams.position(of: layout.ssrc)
    guard let index = self.rtpStreams.estimateIndex(of: layout.sequenceNumber, at: position),
      self.rtpStreams.standing(of: index, at: position) == .new
    else { return 0 }
    let fits = self.rtpStreams.use(index, of: layout.ssrc, at: position)
    precondition(fits, "a session has at most 16 streams")

    let header = UnsafeRawBufferPointer(rebasing: packet[..<layout.headerByteCount])
    output.copyMemory(from: header)
    self.rtp.seal(
      UnsafeRawBufferPointer(rebasing: packet[layout.headerByteCount...]),
      header: header,
      ssrc: layout.ssrc,
      index: index,
      into: base + layout.headerByteCount
    )
    return packet.count + Self.rtpOverhead
  }

  /// Protects one compound RTCP packet.
  ///
  /// - Parameters:
  ///   - packet: a whole compound packet, which stays as it is.
  ///   - output: elsewhere, with room for ``rtcpOverhead`` bytes more than the packet has.
  /// - Returns: the protected packet's byte count.
  /// - Spec: RFC 7714 §9, RFC 3711 §3.4.
  public mutating func protectRTCP(_ packet: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int
  {
    guard let layout = PacketLayout(rtcp: packet), let base = output.baseAddress else {
      preconditionFailure("only whole RTCP packets are sent")
    }
    precondition(output.count >= packet.count + Self.rtcpOverhead, "the tag and the index need room")
    let position = self.rtcpStreams.position(of: layout.ssrc)
    let index = position.map { self.rtcpStreams.newest(at: $0) + 1 } ?? 0
    precondition(index < 1 << 31, "an SRTCP key serves 2^31 packets")
    let fits = self.rtcpStreams.use(index, of: layout.ssrc, at: position)
    precondition(fits, "a session has at most 16 streams")

    let header = UnsafeRawBufferPointer(rebasing: packet[..<layout.headerByteCount])
    output.copyMemory(from: header)
    let trailer = UInt32(index) | 1 << 31
    self.rtcp.seal(
      UnsafeRawBufferPointer(rebasing: packet[layout.headerByteCount...]),
      header: header,
      trailer: trailer,
      ssrc: layout.ssrc,
      index: index,
      into: base + layout.headerByteCount
    )
    let end = packet.count + SessionCipher.tagByteCount
    output.storeBytes(of: trailer.bigEndian, toByteOffset: end, as: UInt32.self)
    return end + 4
  }
}
