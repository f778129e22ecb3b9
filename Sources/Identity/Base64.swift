internal import IndexAPI

/// The alphabet of HTTP's byte sequences, with padding.
///
/// - Spec: RFC 4648 §4; RFC 8941 §3.3.5.
enum Base64 {
  static func encode(_ bytes: [UInt8]) -> String {
    var characters = Base64URL.encode(bytes).map(Self.standard)
    while characters.count % 4 != 0 { characters.append(UInt8(ascii: "=")) }
    return String(decoding: characters, as: UTF8.self)
  }

  /// - Returns: `nil` unless it is whole groups of four with the right padding.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    var characters = Array(text)
    for _ in 0..<2 where characters.last == UInt8(ascii: "=") { characters.removeLast() }
    // The URL alphabet's two own characters must not pass for this one's.
    guard !characters.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) else { return nil }
    return Base64URL.decode(characters.map(Self.urlSafe))
  }

  private static func standard(_ character: UInt8) -> UInt8 {
    switch character {
    case UInt8(ascii: "-"): UInt8(ascii: "+")
    case UInt8(ascii: "_"): UInt8(ascii: "/")
    default: character
    }
  }

  private static func urlSafe(_ character: UInt8) -> UInt8 {
    switch character {
    case UInt8(ascii: "+"): UInt8(ascii: "-")
    case UInt8(ascii: "/"): UInt8(ascii: "_")
    default: character
    }
  }
}
