import MediaUnits
import SessionProtocol
import Testing

@testable import Presentation

@Suite("Terminal input")
struct TerminalInputTests {
  private static func tokens(_ text: String, reportsReleases: Bool = false) -> [TerminalToken] {
    var parser = TerminalInputParser(reportsReleases: reportsReleases)
    var tokens: [TerminalToken] = []
    parser.parse(text.utf8) { tokens.append($0) }
    return tokens
  }

  @Test(
    "bytes of a plain terminal are taps",
    arguments: [
      ("a", TerminalToken.key(code: 30, modifiers: [], phase: .tapped)),
      ("A", .key(code: 30, modifiers: .shift, phase: .tapped)),
      ("?", .key(code: 53, modifiers: .shift, phase: .tapped)),
      (" ", .key(code: 57, modifiers: [], phase: .tapped)),
      ("\r", .key(code: 28, modifiers: [], phase: .tapped)),
      ("\u{7F}", .key(code: 14, modifiers: [], phase: .tapped)),
      ("\u{01}", .key(code: 30, modifiers: .control, phase: .tapped)),
      ("\u{1D}", .key(code: 27, modifiers: .control, phase: .tapped)),
      ("\u{1B}x", .key(code: 45, modifiers: .alt, phase: .tapped)),
      ("\u{1B}[A", .key(code: 103, modifiers: [], phase: .tapped)),
      ("\u{1B}OD", .key(code: 105, modifiers: [], phase: .tapped)),
      ("\u{1B}[1;5C", .key(code: 106, modifiers: .control, phase: .tapped)),
      ("\u{1B}[15~", .key(code: 63, modifiers: [], phase: .tapped)),
      ("\u{1B}[24~", .key(code: 88, modifiers: [], phase: .tapped)),
      ("é", .character("é")),
      ("🎮", .character("🎮")),
    ]
  )
  func plain(text: String, token: TerminalToken) {
    #expect(Self.tokens(text) == [token])
  }

  @Test(
    "kitty's protocol tells presses from repeats and releases",
    arguments: [
      ("\u{1B}[97u", TerminalToken.key(code: 30, modifiers: [], phase: .pressed)),
      ("\u{1B}[97;1:2u", .key(code: 30, modifiers: [], phase: .repeated)),
      ("\u{1B}[97;1:3u", .key(code: 30, modifiers: [], phase: .released)),
      ("\u{1B}[57442;5u", .key(code: 29, modifiers: .control, phase: .pressed)),
      ("\u{1B}[1;1:3A", .key(code: 103, modifiers: [], phase: .released)),
      ("\u{1B}[57400;1:1u", .key(code: 79, modifiers: [], phase: .pressed)),
      ("\u{1B}[1092::97u", .key(code: 30, modifiers: [], phase: .pressed)),
    ]
  )
  func kitty(text: String, token: TerminalToken) {
    #expect(Self.tokens(text, reportsReleases: true) == [token])
  }

  @Test("answers are told from keys, also when they arrive byte by byte")
  func answers() {
    #expect(
      Self.tokens("\u{1B}_Gi=31;OK\u{1B}\\x\u{1B}[?0u\u{1B}[?62;4;22c") == [
        .graphicsReply(isSupported: true), .key(code: 45, modifiers: [], phase: .tapped), .keyboardFlags(0),
        .deviceAttributes([62, 4, 22]),
      ]
    )
    #expect(Self.tokens("\u{1B}_Gi=31;ENOTSUPPORTED:no\u{1B}\\") == [.graphicsReply(isSupported: false)])
  }

  @Test(
    "the best picture that the terminal answers for is chosen",
    arguments: [
      ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?0u\u{1B}[?62;c", TerminalCapability.Graphics.kitty, true),
      ("\u{1B}[?62;4;22c", .sixel, false),
      ("\u{1B}[?4;22c", .halfBlocks, false),
      ("\u{1B}[?64;1;2;6c", .halfBlocks, false),
    ]
  )
  func capability(answer: String, graphics: TerminalCapability.Graphics, reportsKeyReleases: Bool) {
    var answers = TerminalCapability.Answers()
    answers.take(Array(answer.utf8)[...])
    #expect(answers.isComplete)
    #expect(answers.capability == TerminalCapability(graphics: graphics, reportsKeyReleases: reportsKeyReleases))
  }

  @Test("a key that repeats stays down and is released a hold time after its last character")
  func taps() {
    var keyboard = TerminalKeyboard(reportsReleases: false)
    let start = Instant.zero + .seconds(1)
    keyboard.handle("a".utf8, now: start)
    #expect(keyboard.poll(now: start) == .input(.key(code: 30, isPressed: true)))
    keyboard.handle("a".utf8, now: start + .milliseconds(100))
    #expect(keyboard.poll(now: start + .milliseconds(200)) == nil)
    #expect(keyboard.deadline == start + .milliseconds(220))
    #expect(keyboard.poll(now: start + .milliseconds(220)) == .input(.key(code: 30, isPressed: false)))
    #expect(keyboard.deadline == nil)
  }

  @Test("shift goes down before its key")
  func modifiers() {
    var keyboard = TerminalKeyboard(reportsReleases: false)
    keyboard.handle("W".utf8, now: .zero)
    #expect(keyboard.poll(now: .zero) == .input(.key(code: 42, isPressed: true)))
    #expect(keyboard.poll(now: .zero) == .input(.key(code: 17, isPressed: true)))
    #expect(keyboard.poll(now: .zero) == nil)
  }

  @Test("an ESC that stays alone is the escape key")
  func escape() {
    var keyboard = TerminalKeyboard(reportsReleases: false)
    keyboard.handle([0x1B], now: .zero)
    #expect(keyboard.poll(now: .zero) == nil)
    #expect(keyboard.deadline == Instant.zero + TerminalKeyboard.escapeTime)
    #expect(keyboard.poll(now: .zero + TerminalKeyboard.escapeTime) == .input(.key(code: 1, isPressed: true)))
  }

  @Test("Ctrl+] and Ctrl+Q quit, with every key released", arguments: ["\u{1D}", "\u{11}", "\u{1B}[93;5u"])
  func quits(text: String) {
    var keyboard = TerminalKeyboard(reportsReleases: true)
    keyboard.handle("\u{1B}[119u\(text)".utf8, now: .zero)
    #expect(keyboard.poll(now: .zero) == .input(.key(code: 17, isPressed: true)))
    #expect(keyboard.poll(now: .zero) == .input(.key(code: 17, isPressed: false)))
    #expect(keyboard.poll(now: .zero) == .quit)
  }

  @Test("no bytes make the parser trap or grow", arguments: 1...5 as ClosedRange<UInt64>)
  func fuzz(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var parser = TerminalInputParser(reportsReleases: seed % 2 == 0)
    let alphabet: [UInt8] = [
      0x1B, 0x1B, 0x5B, 0x4F, 0x5F, 0x50, 0x5C, 0x3B, 0x3A, 0x3F, 0x39, 0x75, 0x7E, 0x63, 0xC3, 0xF0,
    ]
    var tokenCount = 0
    // Each input is eight bytes; state carries over, so sequences longer than one input occur too.
    for _ in 0..<200_000 {
      let bits = random.next()
      let bytes = (0..<8).lazy.map { index -> UInt8 in
        let byte = UInt8(truncatingIfNeeded: bits >> (8 * index))
        return byte < 176 ? alphabet[Int(byte & 15)] : byte
      }
      parser.parse(bytes) { _ in tokenCount += 1 }
    }
    #expect(tokenCount > 10_000)
  }
}
