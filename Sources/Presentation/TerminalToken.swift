/// One thing that a terminal said: a key, or the answer to a question.
enum TerminalToken: Hashable {
  /// A key by its evdev code.
  case key(code: UInt16, modifiers: Modifiers, phase: Phase)
  /// A character that no key of the table types.
  case character(Unicode.Scalar)
  /// Whether the terminal draws pictures by kitty's protocol.
  case graphicsReply(isSupported: Bool)
  /// Primary device attributes; 4 among them means sixel.
  case deviceAttributes([Int])
  /// The terminal speaks kitty's keyboard protocol and these of its flags are set.
  case keyboardFlags(Int)

  enum Phase: Hashable {
    /// Pressed; nobody will say when it is released.
    case tapped
    case pressed
    case repeated
    case released
  }

  struct Modifiers: OptionSet, Hashable {
    let rawValue: UInt8
    static let shift = Modifiers(rawValue: 1)
    static let alt = Modifiers(rawValue: 2)
    static let control = Modifiers(rawValue: 4)
    static let `super` = Modifiers(rawValue: 8)
  }
}
