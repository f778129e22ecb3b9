import CXCB

/// Which key types which character on a display, as of the moment that it was read.
struct Keymap {
  struct Stroke: Hashable {
    var keycode: UInt8
    var needsShift: Bool
  }

  /// Where each keysym is typed, the plainest way if there are several.
  private var strokes: [UInt32: Stroke] = [:]
  /// Keys that type nothing, to be lent to characters that have none; the least recently lent first.
  private var spares: [(keycode: UInt8, keysym: UInt32?)] = []
  let shiftKeycode: UInt8?

  private static let maximumSpares = 8
  private static let shiftKeysym: UInt32 = 0xFFE1

  /// - Parameters:
  ///   - keysyms: `symbolsPerKey` for each key from `firstKeycode` on; 0 means none.
  init(firstKeycode: UInt8, symbolsPerKey: Int, keysyms: [UInt32]) {
    guard symbolsPerKey > 0 else {
      self.shiftKeycode = nil
      return
    }
    for index in 0..<(keysyms.count / symbolsPerKey) {
      let keycode = firstKeycode + UInt8(index)
      let symbols = keysyms[(index * symbolsPerKey)..<((index + 1) * symbolsPerKey)]
      if symbols.allSatisfy({ $0 == 0 }) {
        if self.spares.count < Self.maximumSpares { self.spares.append((keycode, nil)) }
        continue
      }
      // Only the first group's two levels: the others depend on locks and on a layout's AltGr.
      for (level, keysym) in symbols.prefix(2).enumerated() where keysym != 0 {
        if let known = self.strokes[keysym], !known.needsShift || level > 0 { continue }
        self.strokes[keysym] = Stroke(keycode: keycode, needsShift: level == 1)
      }
    }
    self.shiftKeycode = self.strokes[Self.shiftKeysym]?.keycode
  }

  /// The keysym that types a character, or `nil` for a control character that no key stands for.
  ///
  /// - Source: X Window System Protocol, appendix A: Latin-1 stands for itself, the rest of Unicode is 0x1000000 up.
  static func keysym(for scalar: Unicode.Scalar) -> UInt32? {
    switch scalar.value {
    case 0x20...0x7E, 0xA0...0xFF: scalar.value
    case 0x08: 0xFF08
    case 0x09: 0xFF09
    case 0x0A, 0x0D: 0xFF0D
    case 0x1B: 0xFF1B
    case 0x7F: 0xFFFF
    case 0x100...: 0x0100_0000 | scalar.value
    default: nil
    }
  }

  /// The stroke that types a keysym at present.
  func stroke(for keysym: UInt32) -> Stroke? {
    guard let stroke = self.strokes[keysym], !stroke.needsShift || self.shiftKeycode != nil else { return nil }
    return stroke
  }

  /// Lends a spare key to a keysym, taking it from the one that had it longest.
  ///
  /// - Returns: the key, which the caller must bind to the keysym; `nil` if the layout has no spare key.
  mutating func lend(to keysym: UInt32) -> UInt8? {
    guard !self.spares.isEmpty else { return nil }
    let (keycode, previous) = self.spares.removeFirst()
    if let previous { self.strokes[previous] = nil }
    self.spares.append((keycode, keysym))
    self.strokes[keysym] = Stroke(keycode: keycode, needsShift: false)
    return keycode
  }
}
