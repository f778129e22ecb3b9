internal import Octets

/// A text of up to 255 bytes, with its length in front.
///
/// - Spec: RFC 3550 §6.5, §6.6.
enum RTCPText {
  /// - Parameter range: the text alone, at most 255 bytes within `datagram`.
  /// - Returns: the text, its control characters replaced by U+FFFD.
  static func parse(_ datagram: RawSpan, range: Range<Int>) throws(RTCPParseError) -> String {
    var bytes: [UInt8] = []
    bytes.append(contentsOf: datagram.extracting(range))
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidText }
    // Texts reach logs and terminals, which obey control characters.
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      shown.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
    }
    return String(shown)
  }

  static func append(_ text: String, to packet: inout [UInt8]) {
    precondition(text.utf8.count <= 255, "an RTCP text has at most 255 bytes")
    packet.append(UInt8(text.utf8.count))
    packet.append(contentsOf: text.utf8)
  }
}
