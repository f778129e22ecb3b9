internal import Octets

/// Text in session records: a length byte, then that many bytes of UTF-8.
enum RecordText {
  /// The longest prefix of whole characters that has at most `byteCount` bytes.
  static func bounded(_ text: String, byteCount: Int) -> String {
    var bounded = text
    while bounded.utf8.count > byteCount { bounded.removeLast() }
    return bounded
  }

  static func serialize(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  /// Reads the text at `offset`.
  ///
  /// Control characters become U+FFFD: a peer's text is shown in terminals, which obey them.
  static func parse(
    _ bytes: RawSpan,
    at offset: Int,
    maximumByteCount: Int,
    field: SessionRecordError.Field
  ) throws(SessionRecordError) -> String {
    guard bytes.byteCount > offset else { throw .truncated }
    let byteCount = Int(bytes.bigEndian(at: offset, as: UInt8.self))
    guard byteCount <= maximumByteCount else { throw .outOfRange(field) }
    guard bytes.byteCount - offset - 1 >= byteCount else { throw .truncated }
    let utf8 = bytes.array(offset + 1..<offset + 1 + byteCount)
    guard let text = String(validating: utf8, as: UTF8.self) else { throw .invalidText }
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      shown.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
    }
    return self.bounded(String(shown), byteCount: maximumByteCount)
  }
}
