import Foundation
import MediaUnits
import Presentation
import SessionProtocol
import Testing

@Suite("Input scripts")
struct InputScriptTests {
  private static func timed(_ seconds: Double, _ event: InputEvent) -> TimedInput {
    TimedInput(offset: .nanoseconds(Int64((seconds * 1e9).rounded())), event: event)
  }

  @Test("every kind of event means what the documentation says")
  func events() throws {
    let script = try InputScript(
      parsing: """
        # a comment
        0.5 key leftctrl press   # another
        +0.25 key LEFTCTRL release
        1 button right tap hold 0.2
        1.5 move -3 40
        1.5 position 0.5 1
        2\twheel 0 -1.5
        2.5 text "aé\\"#"
        3 wait
        """
    )
    #expect(
      script.events == [
        Self.timed(0.5, .key(code: 29, isPressed: true)),
        Self.timed(0.75, .key(code: 29, isPressed: false)),
        Self.timed(1, .button(code: 0x111, isPressed: true)),
        Self.timed(1.2, .button(code: 0x111, isPressed: false)),
        Self.timed(1.5, .pointerMotion(deltaX: -3, deltaY: 40)),
        Self.timed(1.5, .pointerPosition(x: 32_767, y: 65_535)),
        Self.timed(2, .wheel(deltaX: 0, deltaY: -180)),
        Self.timed(2.5, .text("a")),
        Self.timed(2.52, .text("é")),
        Self.timed(2.54, .text("\"")),
        Self.timed(2.56, .text("#")),
      ]
    )
    #expect(script.duration == .seconds(3))
  }

  @Test("a repeat plays its lines again, each pass after the one before")
  func repeats() throws {
    let script = try InputScript(parsing: "1 wait\nrepeat 3\n+0.5 key A press\n+0.5 key A release\nend\n+1 key B press")
    let expected = [1.5, 2, 2.5, 3, 3.5, 4].enumerated().map { index, time in
      Self.timed(time, .key(code: 30, isPressed: index % 2 == 0))
    }
    #expect(script.events == expected + [Self.timed(5, .key(code: 48, isPressed: true))])
  }

  @Test("events come out in the order of their times, and of the script where times are the same")
  func order() throws {
    let script = try InputScript(parsing: "2 key A press\n1 key B press\n2 key C press")
    #expect(script.events.map(\.event) == [48, 30, 46].map { .key(code: $0, isPressed: true) })
  }

  @Test(
    "a wrong line is named, with what should stand there",
    arguments: [
      (
        "1 key A press\n2 kye A press", "line 2: expected key, button, move, position, wheel, text or wait, found 'kye'"
      ),
      ("x key A press", "line 1: expected a time in seconds, repeat or end, found 'x'"),
      ("1 key NOPE press", "line 1: there is no key 'NOPE'"),
      ("1 key A", "line 1: expected press, release or tap, found nothing"),
      ("1 key A tap for 3", "line 1: expected hold, or the end of the line, found 'for'"),
      ("1 key A press now", "line 1: expected the end of the line, found 'now'"),
      ("1 move 1.5 0", "line 1: expected a whole number DX, found '1.5'"),
      ("1 move 40000 0", "line 1: DX lies in -32768 … 32767, found '40000'"),
      ("1 position 2 0", "line 1: X lies in 0 … 1, found '2'"),
      ("-1 wait", "line 1: a time lies within a day from the start, found '-1'"),
      ("90000 wait", "line 1: a time lies within a day from the start, found '90000'"),
      ("1 text \"open", "line 1: expected text in double quotes, found '\"open'"),
      ("repeat 2\n1 wait\nend", "line 2: expected a time relative to the line above (+) inside a repeat, found '1'"),
      ("repeat 2\n+1 wait", "line 1: this repeat has no end"),
      ("end", "line 1: this end has no repeat"),
      ("repeat 2\nrepeat 2\nend", "line 2: a repeat cannot stand inside another"),
      ("repeat 0\nend", "line 1: a repeat runs 1 to 100000 times, found '0'"),
      ("repeat 60000\n+0 key A tap\nend", "line 3: more than 100000 events"),
      ("repeat 1000\n+1000 wait\nend", "line 3: a script lasts at most a day, found a longer repeat"),
    ]
  )
  func errors(text: String, message: String) {
    let error = #expect(throws: InputScript.ParseError.self) { try InputScript(parsing: text) }
    #expect(error?.description == message)
  }

  @Test("text longer than the limit is refused unread")
  func tooLong() {
    let bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: InputScript.maximumByteCount + 1)
    #expect(throws: InputScript.ParseError(line: 1, reason: .tooLong(byteCount: bytes.count))) {
      try InputScript(parsing: bytes)
    }
  }

  @Test("key names are the kernel's, in any case, and have one code each")
  func keyNames() {
    #expect(KeyNames.code(named: "f11") == 87)
    #expect(KeyNames.code(named: "Kp5") == 76)
    #expect(KeyNames.code(named: "escape") == 1)
    #expect(KeyNames.name(of: 57) == "SPACE")
    #expect(KeyNames.name(of: 500) == nil)
    #expect(Set(KeyNames.all.map(\.code)).count == KeyNames.all.count)
    #expect(KeyNames.all.count > 120)
  }

  @Test("the samples that come with the project parse", arguments: ["freedoom-map01", "steady-taps"])
  func samples(name: String) throws {
    let url = URL(filePath: #filePath).appending(path: "../../../Samples/input/\(name).txt").standardized
    let script = try InputScript(parsing: String(contentsOf: url, encoding: .utf8))
    #expect(script.events.count > 20)
    // Whatever is pressed is released again: a sample must not leave a game with a key down.
    var held: Set<UInt16> = []
    for input in script.events {
      if case .key(let code, let isPressed) = input.event {
        if isPressed { held.insert(code) } else { held.remove(code) }
      }
    }
    #expect(held.isEmpty)
  }

  @Test("no text makes the parser trap", arguments: [1, 2, 3, 4] as [UInt64])
  func fuzz(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let lines = [
      "1.5 key A tap hold 0.1", "+0.5 move -3 4", "repeat 3", "end", "2 text \"a\\\"b\"", "1 position 0.5 1",
      "1 wheel 0 -1.5", "9 wait #x",
    ].map { Array($0.utf8) }
    var accepted = 0
    for _ in 0..<25_000 {
      var bytes = lines[Int(random.next() % 8)]
      for _ in 0..<(random.next() % 3) {
        let position = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[position] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.insert(UInt8(ascii: "0") + UInt8(random.next() % 10), at: position)
        default: bytes[position] = [10, 32, 34, 35, 43, 45, 46, 92][Int(random.next() % 8)]
        }
      }
      if let script = try? InputScript(parsing: bytes) {
        accepted += 1
        if script.events.contains(where: { $0.offset < .zero || $0.offset > script.duration }) {
          Issue.record("an event lies outside of the script: \(bytes)")
        }
      }
    }
    #expect(accepted > 1_000)
  }
}
