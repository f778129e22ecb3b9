/// Splits the bytes that a terminal sends into keys and answers.
///
/// Takes bytes in pieces of any size. Whatever it does not know, it skips; it holds no more than
/// ``maximumSequenceLength`` bytes of an unfinished sequence.
///
/// - Source: ECMA-48 §5.4 (control sequences), kitty's keyboard and graphics protocols.
struct TerminalInputParser {
  /// Longer sequences are skipped.
  static let maximumSequenceLength = 128

  private enum State {
    case ground
    case escape
    case controlSequence
    case singleShift
    /// An application, device or operating-system string, up to its terminator.
    case string
    /// Inside such a string, after ESC.
    case stringEscape
    case utf8(remaining: Int)
  }

  private var state = State.ground
  /// The unfinished sequence, its introducer left out.
  private var pending: [UInt8] = []
  private var isApplicationString = false
  /// Whether kitty's keyboard protocol is on: a key without an event type was then pressed, and its release follows.
  private let reportsReleases: Bool

  init(reportsReleases: Bool = false) {
    self.reportsReleases = reportsReleases
  }

  /// Whether an ESC stands alone so far: ``flush(_:)`` makes it the escape key.
  var isWaitingAfterEscape: Bool {
    if case .escape = self.state { true } else { false }
  }

  /// Reads `bytes` and hands on what they say.
  mutating func parse(_ bytes: some Sequence<UInt8>, _ emit: (TerminalToken) -> Void) {
    for byte in bytes { self.step(byte, emit) }
  }

  /// Says that nothing more came for a while: an ESC on its own was the escape key.
  mutating func flush(_ emit: (TerminalToken) -> Void) {
    guard self.isWaitingAfterEscape else { return }
    self.state = .ground
    emit(.key(code: 1, modifiers: [], phase: .tapped))
  }

  private mutating func step(_ byte: UInt8, _ emit: (TerminalToken) -> Void) {
    switch self.state {
    case .ground: self.ground(byte, modifiers: [], emit)
    case .escape: self.afterEscape(byte, emit)
    case .controlSequence:
      if (0x40...0x7E).contains(byte) {
        self.state = .ground
        self.finishControlSequence(final: byte, emit)
      } else if byte == 0x1B {
        self.state = .escape
      } else {
        self.collect(byte)
      }
    case .singleShift:
      self.state = .ground
      if let code = TerminalKeyTable.key(final: byte) { emit(.key(code: code, modifiers: [], phase: .tapped)) }
    case .string:
      if byte == 0x1B { self.state = .stringEscape } else { self.collect(byte) }
    case .stringEscape:
      if byte == UInt8(ascii: "\\") {
        self.state = .ground
        self.finishString(emit)
      } else {
        self.afterEscape(byte, emit)
      }
    case .utf8(let remaining):
      guard byte & 0xC0 == 0x80 else {
        self.ground(byte, modifiers: [], emit)
        return
      }
      self.pending.append(byte)
      guard remaining == 1 else {
        self.state = .utf8(remaining: remaining - 1)
        return
      }
      self.state = .ground
      if let text = String(validating: self.pending, as: UTF8.self), let scalar = text.unicodeScalars.first {
        emit(.character(scalar))
      }
    }
  }

  private mutating func ground(
    _ byte: UInt8,
    modifiers: TerminalToken.Modifiers,
    _ emit: (TerminalToken) -> Void
  ) {
    self.state = .ground
    switch byte {
    case 0x1B: self.state = .escape
    case 0x0D: emit(.key(code: 28, modifiers: modifiers, phase: .tapped))
    case 0x09: emit(.key(code: 15, modifiers: modifiers, phase: .tapped))
    case 0x7F: emit(.key(code: 14, modifiers: modifiers, phase: .tapped))
    case 0x00: emit(.key(code: 57, modifiers: modifiers.union(.control), phase: .tapped))
    case 0x01...0x1F:
      // Control takes bit 6 off: 0x01 is A with control, 0x1D is ].
      let letter = byte | (byte <= 0x1A ? 0x60 : 0x40)
      guard let key = TerminalKeyTable.key(typing: letter) else { return }
      emit(.key(code: key.code, modifiers: modifiers.union(.control), phase: .tapped))
    case 0x20...0x7E:
      guard let key = TerminalKeyTable.key(typing: byte) else { return }
      emit(.key(code: key.code, modifiers: key.isShifted ? modifiers.union(.shift) : modifiers, phase: .tapped))
    case 0xC2...0xDF: self.beginCharacter(byte, remaining: 1)
    case 0xE0...0xEF: self.beginCharacter(byte, remaining: 2)
    case 0xF0...0xF4: self.beginCharacter(byte, remaining: 3)
    default: break
    }
  }

  private mutating func beginCharacter(_ byte: UInt8, remaining: Int) {
    self.pending.removeAll(keepingCapacity: true)
    self.pending.append(byte)
    self.state = .utf8(remaining: remaining)
  }

  private mutating func afterEscape(_ byte: UInt8, _ emit: (TerminalToken) -> Void) {
    self.pending.removeAll(keepingCapacity: true)
    switch byte {
    case UInt8(ascii: "["): self.state = .controlSequence
    case UInt8(ascii: "O"): self.state = .singleShift
    case UInt8(ascii: "_"), UInt8(ascii: "P"), UInt8(ascii: "]"), UInt8(ascii: "^"):
      self.isApplicationString = byte == UInt8(ascii: "_")
      self.state = .string
    case 0x1B:
      emit(.key(code: 1, modifiers: [], phase: .tapped))
      self.state = .escape
    default: self.ground(byte, modifiers: .alt, emit)
    }
  }

  private mutating func collect(_ byte: UInt8) {
    guard self.pending.count < Self.maximumSequenceLength else { return }
    self.pending.append(byte)
  }

  private mutating func finishString(_ emit: (TerminalToken) -> Void) {
    guard self.isApplicationString, self.pending.first == UInt8(ascii: "G") else { return }
    emit(.graphicsReply(isSupported: self.pending.reversed().starts(with: ";OK".utf8.reversed())))
  }

  private func finishControlSequence(final: UInt8, _ emit: (TerminalToken) -> Void) {
    guard self.pending.count < Self.maximumSequenceLength else { return }
    let isPrivate = self.pending.first == UInt8(ascii: "?")
    let fields = Self.fields(self.pending.dropFirst(isPrivate ? 1 : 0))
    switch (final, isPrivate) {
    case (UInt8(ascii: "c"), true): emit(.deviceAttributes(fields.map { $0.first ?? 0 }))
    case (UInt8(ascii: "u"), true): emit(.keyboardFlags(fields.first?.first ?? 0))
    case (_, true): break
    case (UInt8(ascii: "u"), false):
      guard let numbers = fields.first, let number = numbers.first else { return }
      // The third subfield is the key's place on a US layout, which is what a game wants.
      let base = numbers.count > 2 && numbers[2] > 0 ? numbers[2] : number
      if let code = TerminalKeyTable.key(kittyNumber: base) {
        self.emitKey(code, fields, emit)
      } else if let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init), number >= 160, number < 57_344 {
        if self.phase(fields) != .released { emit(.character(scalar)) }
      }
    case (UInt8(ascii: "~"), false):
      guard let code = TerminalKeyTable.key(tildeNumber: fields.first?.first ?? 0) else { return }
      self.emitKey(code, fields, emit)
    case (UInt8(ascii: "Z"), false): emit(.key(code: 15, modifiers: .shift, phase: .tapped))
    default:
      guard let code = TerminalKeyTable.key(final: final) else { return }
      self.emitKey(code, fields, emit)
    }
  }

  private func emitKey(_ code: UInt16, _ fields: [[Int]], _ emit: (TerminalToken) -> Void) {
    let mask = fields.count > 1 ? max(0, (fields[1].first ?? 1) - 1) : 0
    let modifiers = TerminalToken.Modifiers(rawValue: UInt8(truncatingIfNeeded: mask & 0x0F))
    emit(.key(code: code, modifiers: modifiers, phase: self.phase(fields)))
  }

  private func phase(_ fields: [[Int]]) -> TerminalToken.Phase {
    guard fields.count > 1, fields[1].count > 1 else { return self.reportsReleases ? .pressed : .tapped }
    switch fields[1][1] {
    case 2: return .repeated
    case 3: return .released
    default: return .pressed
    }
  }

  /// `1;2:3` as `[[1], [2, 3]]`; anything but digits counts as nothing. Numbers stop growing at a million.
  private static func fields(_ bytes: ArraySlice<UInt8>) -> [[Int]] {
    var fields: [[Int]] = [[0]]
    for byte in bytes {
      switch byte {
      case UInt8(ascii: ";"): fields.append([0])
      case UInt8(ascii: ":"): fields[fields.count - 1].append(0)
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let last = fields[fields.count - 1].count - 1
        let value = fields[fields.count - 1][last] * 10 + Int(byte - UInt8(ascii: "0"))
        fields[fields.count - 1][last] = min(value, 1_000_000)
      default: break
      }
    }
    return fields
  }
}
