internal import Octets

/// The second byte of an RTCP packet.
///
/// - Spec: RFC 3550 §12.1, RFC 4585 §6.1, RFC 8888 §3.1.
enum RTCPPacketType {
  static let senderReport: UInt8 = 200
  static let receiverReport: UInt8 = 201
  static let sourceDescription: UInt8 = 202
  static let goodbye: UInt8 = 203
  static let application: UInt8 = 204
  static let transportFeedback: UInt8 = 205
  static let payloadFeedback: UInt8 = 206

  /// Formats of ``transportFeedback`` and ``payloadFeedback``.
  static let genericNACK: UInt8 = 1
  static let congestionFeedback: UInt8 = 11
  static let pictureLossIndication: UInt8 = 1
  static let fullIntraRequest: UInt8 = 4

  /// Appends the first word of a packet.
  ///
  /// - Parameters:
  ///   - count: the five bits after version and padding.
  ///   - bodyByteCount: bytes after this word, a multiple of 4 below 2¹⁸.
  static func appendHeader(type: UInt8, count: UInt8, bodyByteCount: Int, to packet: inout [UInt8]) {
    packet.append(0x80 | count)
    packet.append(type)
    packet.appendBigEndian(UInt16(bodyByteCount / 4))
  }
}
