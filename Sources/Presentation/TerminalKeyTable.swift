/// Which key types what, in a terminal: characters on a US layout, kitty's functional keys, and CSI finals.
enum TerminalKeyTable {
  /// The key, and whether shift is held, that types an ASCII character; `nil` for one that no key types.
  static func key(typing character: UInt8) -> (code: UInt16, isShifted: Bool)? {
    let entry = character < 128 ? Self.ascii[Int(character)] : 0
    return entry == 0 ? nil : (entry & 0x7FFF, entry & 0x8000 != 0)
  }

  /// The key that kitty's keyboard protocol gives `number`.
  ///
  /// - Source: https://sw.kovidgoyal.net/kitty/keyboard-protocol/, "Functional key definitions".
  static func key(kittyNumber number: Int) -> UInt16? {
    switch number {
    case 27: return 1
    case 13: return 28
    case 9: return 15
    case 127: return 14
    case 32..<127: return Self.key(typing: UInt8(number))?.code
    case 57_376...57_387: return UInt16(183 + number - 57_376)  // F13 … F24
    case 57_399...57_408: return Self.keypadDigits[number - 57_399]
    default: return Self.kittyFunctional[number]
    }
  }

  /// The key of `CSI number ~`.
  static func key(tildeNumber number: Int) -> UInt16? {
    switch number {
    case 1, 7: 102
    case 2: 110
    case 3: 111
    case 4, 8: 107
    case 5: 104
    case 6: 109
    case 11...15: UInt16(59 + number - 11)  // F1 … F5
    case 17...21: UInt16(64 + number - 17)  // F6 … F10
    case 23: 87
    case 24: 88
    case 29: 127
    default: nil
    }
  }

  /// The key of `CSI 1 ; … final` or `SS3 final`.
  static func key(final: UInt8) -> UInt16? {
    switch final {
    case UInt8(ascii: "A"): 103
    case UInt8(ascii: "B"): 108
    case UInt8(ascii: "C"): 106
    case UInt8(ascii: "D"): 105
    case UInt8(ascii: "E"): 76
    case UInt8(ascii: "F"): 107
    case UInt8(ascii: "H"): 102
    case UInt8(ascii: "P"): 59
    case UInt8(ascii: "Q"): 60
    case UInt8(ascii: "R"): 61
    case UInt8(ascii: "S"): 62
    default: nil
    }
  }

  private static let keypadDigits: [UInt16] = [82, 79, 80, 81, 75, 76, 77, 71, 72, 73]

  private static let kittyFunctional: [Int: UInt16] = [
    57_358: 58, 57_359: 70, 57_360: 69, 57_361: 99, 57_362: 119, 57_363: 127,
    57_409: 83, 57_410: 98, 57_411: 55, 57_412: 74, 57_413: 78, 57_414: 96, 57_415: 117,
    57_417: 105, 57_418: 106, 57_419: 103, 57_420: 108, 57_421: 104, 57_422: 109, 57_423: 102, 57_424: 107,
    57_425: 110, 57_426: 111, 57_427: 76,
    57_441: 42, 57_442: 29, 57_443: 56, 57_444: 125, 57_447: 54, 57_448: 97, 57_449: 100, 57_450: 126,
  ]

  /// By character: the key's code, with the top bit for shift.
  private static let ascii: [UInt16] = {
    var table = [UInt16](repeating: 0, count: 128)
    let rows: [(first: UInt16, plain: StaticString, shifted: StaticString)] = [
      (2, "1234567890-=", "!@#$%^&*()_+"),
      (16, "qwertyuiop[]", "QWERTYUIOP{}"),
      (30, "asdfghjkl;'`", "ASDFGHJKL:\"~"),
      (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    ]
    for row in rows {
      for (offset, character) in "\(row.plain)".utf8.enumerated() { table[Int(character)] = row.first + UInt16(offset) }
      for (offset, character) in "\(row.shifted)".utf8.enumerated() {
        table[Int(character)] = (row.first + UInt16(offset)) | 0x8000
      }
    }
    table[32] = 57
    return table
  }()
}
