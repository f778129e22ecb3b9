internal import Octets

/// One packet of an RTCP datagram.
///
/// - Spec: RFC 3550 §6, RFC 4585 §6, RFC 5104 §4.3.1, RFC 8888 §3.1.
public enum RTCPPacket: Hashable, Sendable {
  case senderReport(SenderReport)
  case receiverReport(ReceiverReport)
  /// One chunk of a source description that has a CNAME; other chunks and items are skipped.
  case sourceDescription(SourceDescription)
  case goodbye(Goodbye)
  case application(ApplicationPacket)
  case genericNACK(GenericNACK)
  case congestionFeedback(CongestionFeedback)
  case pictureLossIndication(PictureLossIndication)
  case fullIntraRequest(FullIntraRequest)
  /// A well-formed packet of a type or format that this module does not read.
  case unknown(type: UInt8)
}

extension RTCPPacket {
  /// Whether a datagram that shares a port with RTP is RTCP.
  ///
  /// - Spec: RFC 5761 §4.
  public static func isRTCP(_ datagram: RawSpan) -> Bool {
    guard datagram.byteCount >= 2, datagram.bigEndian(at: 0, as: UInt8.self) >> 6 == 2 else { return false }
    return 192...223 ~= datagram.bigEndian(at: 1, as: UInt8.self)
  }
}
