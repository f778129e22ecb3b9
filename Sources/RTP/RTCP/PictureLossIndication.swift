internal import Octets

/// Asks for a keyframe, because pictures were lost.
///
/// - Spec: RFC 4585 §6.3.1.
public struct PictureLossIndication: Hashable, Sendable {
  public var senderSSRC: SSRC
  /// The stream that needs a keyframe.
  public var mediaSSRC: SSRC

  public init(senderSSRC: SSRC, mediaSSRC: SSRC) {
    self.senderSSRC = senderSSRC
    self.mediaSSRC = mediaSSRC
  }

  init(parsing datagram: RawSpan, body: Range<Int>) throws(RTCPParseError) {
    guard body.count >= 8 else { throw .truncated }
    self.init(
      senderSSRC: SSRC(rawValue: datagram.bigEndian(at: body.lowerBound)),
      mediaSSRC: SSRC(rawValue: datagram.bigEndian(at: body.lowerBound + 4))
    )
  }

  /// Appends the packet.
  public func serialize(into packet: inout [UInt8]) {
    RTCPPacketType.appendHeader(
      type: RTCPPacketType.payloadFeedback,
      count: RTCPPacketType.pictureLossIndication,
      bodyByteCount: 8,
      to: &packet
    )
    packet.appendBigEndian(self.senderSSRC.rawValue)
    packet.appendBigEndian(self.mediaSSRC.rawValue)
  }
}
