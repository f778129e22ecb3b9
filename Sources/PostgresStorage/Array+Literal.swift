internal import IndexAPI

extension Array {
  /// A PostgreSQL array in text form.
  ///
  /// - Spec: PostgreSQL 15, §8.15.6.
  func literal(_ element: (Element) -> String) -> String {
    "{" + self.map(element).joined(separator: ",") + "}"
  }
}

extension Array where Element == String {
  /// Any text, quoted.
  var textLiteral: String {
    self.literal { text in
      var quoted: [UInt8] = [UInt8(ascii: "\"")]
      for byte in text.utf8 {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { quoted.append(UInt8(ascii: "\\")) }
        quoted.append(byte)
      }
      quoted.append(UInt8(ascii: "\""))
      return String(decoding: quoted, as: UTF8.self)
    }
  }
}

extension Array where Element == [UInt8] {
  var byteaLiteral: String {
    self.literal { "\"\\\\x" + Hexadecimal.text($0) + "\"" }
  }
}

extension Array where Element: BinaryInteger {
  var integerLiteral: String { self.literal { String($0) } }
}

enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      text.append(Self.digits[Int(byte >> 4)])
      text.append(Self.digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension Identifier {
  /// The form of the type `uuid`, without dashes.
  var uuid: String { Hexadecimal.text(self.bytes) }

  /// Sorted as PostgreSQL sorts `uuid`.
  static func isOrdered(_ left: Self, _ right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
