public import SessionProtocol

/// Authenticates and decrypts incoming SRTP and SRTCP: one direction of one session.
///
/// Whatever a peer or an attacker sends changes nothing here until it has proved to be authentic and new. Owned by one
/// thread. Allocates nothing per packet.
///
/// - Spec: RFC 3711, RFC 7714; no MKI, 16-byte tag, key derivation rate 0.
public struct SRTPReceiver: ~Copyable {
  private let rtp: SessionCipher
  private let rtcp: SessionCipher
  private var rtpStreams = StreamTable()
  private var rtcpStreams = StreamTable()

  /// The 48-bit index (rollover counter and sequence number) of the last RTP packet accepted, or the 31-bit index of the
  /// last RTCP packet, whichever was accepted last.
  public private(set) var lastIndex: UInt64 = 0

  public init(_ masterKey: SRTPMasterKey) {
    self.rtp = SessionCipher(masterKey, for: .rtp, encrypts: false)
    self.rtcp = SessionCipher(masterKey, for: .rtcp, encrypts: false)
  }

  /// Authenticates and decrypts one SRTP packet in place.
  ///
  /// - Parameter datagram: a whole datagram; garbage if this throws ``SRTPError/authenticationFailed``.
  /// - Returns: the RTP packet's byte count, from the datagram's start.
  /// - Throws: ``SRTPError``; drop the datagram and count it.
  /// - Spec: RFC 3711 §3.3, RFC 7714 §8.
  public mutating func unprotectRTP(_ datagram: UnsafeMutableRawBufferPointer) throws(SRTPError) -> Int {
    guard let base = datagram.baseAddress, let layout = PacketLayout(rtp: UnsafeRawBufferPointer(datagram)),
      datagram.count >= layout.headerByteCount + SessionCipher.tagByteCount
    else { throw .truncated }
    let position = self.rtpStreams.position(of: layout.ssrc)
    guard let index = self.rtpStreams.estimateIndex(of: layout.sequenceNumber, at: position) else { throw .tooOld }
    try Self.check(self.rtpStreams.standing(of: index, at: position))

    let byteCount = datagram.count - SessionCipher.tagByteCount
    let isAuthentic = self.rtp.open(
      base + layout.headerByteCount,
      count: byteCount - layout.headerByteCount,
      header: UnsafeRawBufferPointer(rebasing: datagram[..<layout.headerByteCount]),
      ssrc: layout.ssrc,
      index: index
    )
    guard isAuthentic else { throw .authenticationFailed }
    guard self.rtpStreams.use(index, of: layout.ssrc, at: position) else { throw .tooManyStreams }
    self.lastIndex = index
    return byteCount
  }

  /// Authenticates and decrypts one SRTCP packet in place. A packet marked as unencrypted is not accepted.
  ///
  /// - Parameter datagram: a whole datagram; garbage if this throws ``SRTPError/authenticationFailed``.
  /// - Returns: the compound RTCP packet's byte count, from the datagram's start.
  /// - Throws: ``SRTPError``; drop the datagram and count it.
  /// - Spec: RFC 3711 §3.4, RFC 7714 §9.
  public mutating func unprotectRTCP(_ datagram: UnsafeMutableRawBufferPointer) throws(SRTPError) -> Int {
    guard let base = datagram.baseAddress, let layout = PacketLayout(rtcp: UnsafeRawBufferPointer(datagram)),
      datagram.count >= layout.headerByteCount + SRTPSender.rtcpOverhead
    else { throw .truncated }
    let trailer = datagram.loadUnaligned(fromByteOffset: datagram.count - 4, as: UInt32.self).bigEndian
    guard trailer >> 31 == 1 else { throw .authenticationFailed }
    let index = UInt64(trailer & 0x7FFF_FFFF)
    let position = self.rtcpStreams.position(of: layout.ssrc)
    try Self.check(self.rtcpStreams.standing(of: index, at: position))

    let byteCount = datagram.count - SRTPSender.rtcpOverhead
    let isAuthentic = self.rtcp.open(
      base + layout.headerByteCount,
      count: byteCount - layout.headerByteCount,
      header: UnsafeRawBufferPointer(rebasing: datagram[..<layout.headerByteCount]),
      trailer: trailer,
      ssrc: layout.ssrc,
      index: index
    )
    guard isAuthentic else { throw .authenticationFailed }
    guard self.rtcpStreams.use(index, of: layout.ssrc, at: position) else { throw .tooManyStreams }
    self.lastIndex = index
    return byteCount
  }

  private static func check(_ standing: ReplayWindow.Standing) throws(SRTPError) {
    switch standing {
    case .new: return
    case .used: throw .replayed
    case .tooOld: throw .tooOld
    }
  }
}
