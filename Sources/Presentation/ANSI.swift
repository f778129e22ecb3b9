/// Control sequences as bytes.
///
/// - Source: ECMA-48; xterm's ctlseqs for the private modes.
enum ANSI {
  /// Alternate screen, no cursor, no line wrap.
  static let enter = Array("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J".utf8)
  static let leave = Array("\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l".utf8)
  /// Kitty keyboard: disambiguate, event types, alternate keys, all keys as escape codes.
  static let pushKeyboard = Array("\u{1B}[>15u".utf8)
  static let popKeyboard = Array("\u{1B}[<u".utf8)
  static let beginUpdate = Array("\u{1B}[?2026h".utf8)
  static let endUpdate = Array("\u{1B}[?2026l".utf8)
  static let clear = Array("\u{1B}[0m\u{1B}[2J".utf8)

  /// Appends `value` in decimal without allocating.
  static func append(_ value: Int, to bytes: inout [UInt8]) {
    var divisor = 1
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  /// Appends "move to", with both counted from 0.
  static func appendMove(row: Int, column: Int, to bytes: inout [UInt8]) {
    bytes.append(0x1B)
    bytes.append(UInt8(ascii: "["))
    Self.append(row + 1, to: &bytes)
    bytes.append(UInt8(ascii: ";"))
    Self.append(column + 1, to: &bytes)
    bytes.append(UInt8(ascii: "H"))
  }
}
