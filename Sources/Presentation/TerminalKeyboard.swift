public import MediaUnits
public import SessionProtocol

/// Turns what a terminal sends into key presses and releases.
///
/// A terminal with kitty's keyboard protocol says when a key is released. Any other only repeats a held key's
/// character, so a release is made up: ``holdTime`` after the last repeat.
///
/// Feed it with ``handle(_:now:)``, drain ``poll(now:)`` until `nil`, and come back at ``deadline``.
public struct TerminalKeyboard {
  public enum Output: Hashable, Sendable {
    case input(InputEvent)
    /// The player pressed Ctrl+] or Ctrl+Q.
    case quit
  }

  /// How long a key counts as held after its last character.
  public static let holdTime = Duration.milliseconds(120)
  /// How long an ESC waits for the rest of a sequence before it is the escape key.
  public static let escapeTime = Duration.milliseconds(25)

  private static let shift: UInt16 = 42
  private static let control: UInt16 = 29
  private static let alt: UInt16 = 56
  private static let meta: UInt16 = 125

  private struct Held {
    var code: UInt16
    /// `nil` while the terminal will say so itself.
    var releaseAt: Instant?
  }

  private var parser: TerminalInputParser
  private var held: [Held] = []
  private var outputs: [Output] = []
  private var nextOutput = 0
  private var escapeDeadline: Instant?

  /// - Parameter reportsReleases: whether kitty's keyboard protocol was found and switched on.
  public init(reportsReleases: Bool) {
    self.parser = TerminalInputParser(reportsReleases: reportsReleases)
  }

  /// When ``poll(now:)`` next has something to say although nothing was typed; `nil` while no key is held.
  public var deadline: Instant? {
    var earliest = self.escapeDeadline
    for key in self.held {
      guard let releaseAt = key.releaseAt else { continue }
      earliest = min(earliest ?? releaseAt, releaseAt)
    }
    return earliest
  }

  /// Records bytes that the terminal sent, of any number and content.
  public mutating func handle(_ bytes: some Sequence<UInt8>, now: Instant) {
    var tokens: [TerminalToken] = []
    self.parser.parse(bytes) { tokens.append($0) }
    self.escapeDeadline = self.parser.isWaitingAfterEscape ? now + Self.escapeTime : nil
    for token in tokens { self.apply(token, now: now) }
  }

  /// The next thing that happened by `now`, or `nil` once there is none.
  public mutating func poll(now: Instant) -> Output? {
    if let deadline = self.escapeDeadline, deadline <= now {
      self.escapeDeadline = nil
      var tokens: [TerminalToken] = []
      self.parser.flush { tokens.append($0) }
      for token in tokens { self.apply(token, now: now) }
    }
    for index in self.held.indices.reversed() {
      guard let releaseAt = self.held[index].releaseAt, releaseAt <= now else { continue }
      self.outputs.append(.input(.key(code: self.held.remove(at: index).code, isPressed: false)))
    }
    guard self.nextOutput < self.outputs.count else {
      self.outputs.removeAll(keepingCapacity: true)
      self.nextOutput = 0
      return nil
    }
    defer { self.nextOutput += 1 }
    return self.outputs[self.nextOutput]
  }

  /// Releases every held key; ``poll(now:)`` hands the releases out.
  public mutating func releaseAll() {
    for key in self.held { self.outputs.append(.input(.key(code: key.code, isPressed: false))) }
    self.held.removeAll(keepingCapacity: true)
  }

  private mutating func apply(_ token: TerminalToken, now: Instant) {
    switch token {
    case .key(let code, let modifiers, let phase):
      if modifiers.contains(.control), phase != .released, code == 27 || code == 16 {
        self.releaseAll()
        self.outputs.append(.quit)
        return
      }
      self.apply(code: code, modifiers: modifiers, phase: phase, now: now)
    case .character(let scalar): self.outputs.append(.input(.text(scalar)))
    case .graphicsReply, .deviceAttributes, .keyboardFlags: break  // answers that came after the question was dropped
    }
  }

  private mutating func apply(
    code: UInt16,
    modifiers: TerminalToken.Modifiers,
    phase: TerminalToken.Phase,
    now: Instant
  ) {
    switch phase {
    case .released: self.release(code)
    case .pressed, .repeated: self.press(code, releaseAt: nil)
    case .tapped:
      let releaseAt = now + Self.holdTime
      if modifiers.contains(.control) { self.press(Self.control, releaseAt: releaseAt) }
      if modifiers.contains(.alt) { self.press(Self.alt, releaseAt: releaseAt) }
      if modifiers.contains(.shift) { self.press(Self.shift, releaseAt: releaseAt) }
      if modifiers.contains(.super) { self.press(Self.meta, releaseAt: releaseAt) }
      self.press(code, releaseAt: releaseAt)
    }
  }

  private mutating func press(_ code: UInt16, releaseAt: Instant?) {
    if let index = self.held.firstIndex(where: { $0.code == code }) {
      self.held[index].releaseAt = releaseAt
      return
    }
    self.held.append(Held(code: code, releaseAt: releaseAt))
    self.outputs.append(.input(.key(code: code, isPressed: true)))
  }

  private mutating func release(_ code: UInt16) {
    guard let index = self.held.firstIndex(where: { $0.code == code }) else { return }
    self.held.remove(at: index)
    self.outputs.append(.input(.key(code: code, isPressed: false)))
  }
}
