import MediaUnits
import SessionProtocol

/// Reads an ``InputScript`` line by line.
struct InputScriptParser {
  private(set) var events: [TimedInput] = []
  /// The time of the last event or line, in nanoseconds; see ``end``.
  private var endNanoseconds: Int64 = 0
  /// The time of the line above.
  private var cursor: Int64 = 0
  private var line = 0
  private var repetition: Repetition?

  private struct Repetition {
    var line: Int
    var count: Int
    var startCursor: Int64
    var firstEvent: Int
  }

  private typealias ParseError = InputScript.ParseError

  /// Longer words are cut where an error quotes them.
  private static let quotedLimit = 40

  var end: Duration { .nanoseconds(self.endNanoseconds) }

  mutating func parse(_ bytes: [UInt8]) throws(InputScript.ParseError) {
    guard bytes.count <= InputScript.maximumByteCount else {
      throw ParseError(line: 1, reason: .tooLong(byteCount: bytes.count))
    }
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      self.line += 1
      try self.parseLine(bytes[start..<end])
      start = end + 1
    }
    if let open = self.repetition {
      throw ParseError(line: open.line, reason: .unbalancedRepeat("this repeat has no end"))
    }
  }

  private mutating func parseLine(_ bytes: ArraySlice<UInt8>) throws(InputScript.ParseError) {
    var words = InputScriptWords(rest: bytes)
    guard let first = words.next() else { return }
    if first.elementsEqual("repeat".utf8) {
      try self.beginRepeat(&words)
    } else if first.elementsEqual("end".utf8) {
      try self.endRepeat()
    } else {
      try self.parseEvent(time: first, &words)
    }
    if let extra = words.next() { throw self.expected("the end of the line", extra) }
  }

  // MARK: Repeats

  private mutating func beginRepeat(_ words: inout InputScriptWords) throws(InputScript.ParseError) {
    guard self.repetition == nil else {
      throw ParseError(line: self.line, reason: .unbalancedRepeat("a repeat cannot stand inside another"))
    }
    let word = words.next()
    guard let word, let count = FixedPoint.parse(word, fractionDigits: 0) else {
      throw self.expected("a number of repetitions", word)
    }
    guard (1...Int64(InputScript.maximumEventCount)).contains(count) else {
      throw self.outOfRange("a repeat runs 1 to \(InputScript.maximumEventCount) times", word)
    }
    self.repetition = Repetition(
      line: self.line,
      count: Int(count),
      startCursor: self.cursor,
      firstEvent: self.events.count
    )
  }

  private mutating func endRepeat() throws(InputScript.ParseError) {
    guard let repetition = self.repetition else {
      throw ParseError(line: self.line, reason: .unbalancedRepeat("this end has no repeat"))
    }
    self.repetition = nil
    let pass = self.events[repetition.firstEvent...]
    let passDuration = self.cursor - repetition.startCursor
    let (total, overflow) = passDuration.multipliedReportingOverflow(by: Int64(repetition.count))
    guard !overflow, total <= InputScript.maximumOffset.wholeNanoseconds - repetition.startCursor else {
      throw ParseError(line: self.line, reason: .outOfRange("a script lasts at most a day", found: "a longer repeat"))
    }
    guard self.events.count + pass.count * (repetition.count - 1) <= InputScript.maximumEventCount else {
      throw ParseError(line: self.line, reason: .tooManyEvents)
    }
    self.events.reserveCapacity(self.events.count + pass.count * (repetition.count - 1))
    let tail = self.endNanoseconds - self.cursor
    // An empty pass has nothing to add, however often it is to run.
    for index in 1..<max(repetition.count, 1) where !pass.isEmpty {
      let shift = Duration.nanoseconds(passDuration * Int64(index))
      for event in pass {
        self.events.append(TimedInput(offset: event.offset + shift, event: event.event))
      }
    }
    self.cursor = repetition.startCursor + total
    self.endNanoseconds = max(self.endNanoseconds, self.cursor + max(0, tail))
  }

  // MARK: Events

  private mutating func parseEvent(
    time: ArraySlice<UInt8>,
    _ words: inout InputScriptWords
  ) throws(InputScript.ParseError) {
    try self.parseTime(time)
    let word = words.next()
    guard let word else { throw self.expected(Self.eventNames, nil) }
    switch String(decoding: word, as: UTF8.self) {
    case "key": try self.parseKey(&words)
    case "button": try self.parseButton(&words)
    case "move":
      let deltaX = try self.number(&words, "DX", fractionDigits: 0, in: -32_768...32_767)
      let deltaY = try self.number(&words, "DY", fractionDigits: 0, in: -32_768...32_767)
      try self.append(.pointerMotion(deltaX: Int16(deltaX), deltaY: Int16(deltaY)))
    case "position":
      let x = try self.number(&words, "X", fractionDigits: 6, in: 0...1_000_000)
      let y = try self.number(&words, "Y", fractionDigits: 6, in: 0...1_000_000)
      try self.append(.pointerPosition(x: UInt16(x * 65_535 / 1_000_000), y: UInt16(y * 65_535 / 1_000_000)))
    case "wheel":
      let deltaX = try self.number(&words, "DX", fractionDigits: 3, in: -273_000...273_000)
      let deltaY = try self.number(&words, "DY", fractionDigits: 3, in: -273_000...273_000)
      try self.append(.wheel(deltaX: Int16(deltaX * 120 / 1000), deltaY: Int16(deltaY * 120 / 1000)))
    case "text": try self.parseText(&words)
    case "wait": break
    default: throw self.expected(Self.eventNames, word)
    }
  }

  private static let eventNames = "key, button, move, position, wheel, text or wait"

  private mutating func parseTime(_ word: ArraySlice<UInt8>) throws(InputScript.ParseError) {
    let isRelative = word.first == UInt8(ascii: "+")
    guard let time = FixedPoint.parse(isRelative ? word.dropFirst() : word, fractionDigits: 9) else {
      throw self.expected("a time in seconds, repeat or end", word)
    }
    guard isRelative || self.repetition == nil else {
      throw self.expected("a time relative to the line above (+) inside a repeat", word)
    }
    let (sum, overflow) = time.addingReportingOverflow(isRelative ? self.cursor : 0)
    guard !overflow, time >= 0, sum <= InputScript.maximumOffset.wholeNanoseconds else {
      throw self.outOfRange("a time lies within a day from the start", word)
    }
    self.cursor = sum
    self.endNanoseconds = max(self.endNanoseconds, sum)
  }

  private mutating func parseKey(_ words: inout InputScriptWords) throws(InputScript.ParseError) {
    guard let word = words.next() else { throw self.expected("the name of a key", nil) }
    guard let code = KeyNames.code(named: String(decoding: word, as: UTF8.self)) else {
      throw ParseError(line: self.line, reason: .unknownKey(Self.quoted(word)))
    }
    try self.parseAction(&words) { .key(code: code, isPressed: $0) }
  }

  private mutating func parseButton(_ words: inout InputScriptWords) throws(InputScript.ParseError) {
    let word = words.next()
    // BTN_LEFT … BTN_EXTRA of linux/input-event-codes.h.
    let code: UInt16
    switch word.map({ String(decoding: $0, as: UTF8.self) }) {
    case "left": code = 0x110
    case "right": code = 0x111
    case "middle": code = 0x112
    case "side": code = 0x113
    case "extra": code = 0x114
    default: throw self.expected("left, right, middle, side or extra", word)
    }
    try self.parseAction(&words) { .button(code: code, isPressed: $0) }
  }

  private mutating func parseAction(
    _ words: inout InputScriptWords,
    _ event: (_ isPressed: Bool) -> InputEvent
  ) throws(InputScript.ParseError) {
    let word = words.next()
    switch word.map({ String(decoding: $0, as: UTF8.self) }) {
    case "press": try self.append(event(true))
    case "release": try self.append(event(false))
    case "tap":
      var hold = InputScript.defaultHold.wholeNanoseconds
      if let keyword = words.next() {
        guard keyword.elementsEqual("hold".utf8) else { throw self.expected("hold, or the end of the line", keyword) }
        hold = try self.number(&words, "SECONDS", fractionDigits: 9, in: 0...3_600_000_000_000)
      }
      try self.append(event(true))
      try self.append(event(false), after: hold)
    default: throw self.expected("press, release or tap", word)
    }
  }

  private mutating func parseText(_ words: inout InputScriptWords) throws(InputScript.ParseError) {
    guard let quoted = words.nextQuoted(), let text = String(validating: quoted, as: UTF8.self) else {
      throw self.expected("text in double quotes", words.next())
    }
    var delay: Int64 = 0
    for scalar in text.unicodeScalars {
      try self.append(.text(scalar), after: delay)
      delay += InputScript.textInterval.wholeNanoseconds
    }
  }

  private mutating func append(_ event: InputEvent, after delay: Int64 = 0) throws(InputScript.ParseError) {
    guard self.events.count < InputScript.maximumEventCount else {
      throw ParseError(line: self.line, reason: .tooManyEvents)
    }
    let time = self.cursor + delay
    self.events.append(TimedInput(offset: .nanoseconds(time), event: event))
    self.endNanoseconds = max(self.endNanoseconds, time)
  }

  // MARK: Numbers and errors

  /// The next word as an integer in units of `10 ^ -fractionDigits`.
  private func number(
    _ words: inout InputScriptWords,
    _ name: String,
    fractionDigits: Int,
    in range: ClosedRange<Int64>
  ) throws(InputScript.ParseError) -> Int64 {
    let word = words.next()
    guard let word, let value = FixedPoint.parse(word, fractionDigits: fractionDigits) else {
      throw self.expected(fractionDigits == 0 ? "a whole number \(name)" : "a number \(name)", word)
    }
    guard range.contains(value) else {
      var scale: Int64 = 1
      for _ in 0..<fractionDigits { scale *= 10 }
      throw self.outOfRange("\(name) lies in \(range.lowerBound / scale) … \(range.upperBound / scale)", word)
    }
    return value
  }

  private func expected(_ what: String, _ found: ArraySlice<UInt8>?) -> InputScript.ParseError {
    let found = found.map { "'\(Self.quoted($0))'" } ?? "nothing"
    return InputScript.ParseError(line: self.line, reason: .expected(what, found: found))
  }

  private func outOfRange(_ what: String, _ found: ArraySlice<UInt8>) -> InputScript.ParseError {
    InputScript.ParseError(line: self.line, reason: .outOfRange(what, found: "'\(Self.quoted(found))'"))
  }

  /// `word` as an error may show it: short, and without control characters that could drive a terminal.
  private static func quoted(_ word: ArraySlice<UInt8>) -> String {
    let scalars = String(decoding: word.prefix(Self.quotedLimit), as: UTF8.self).unicodeScalars
    var text = ""
    for scalar in scalars {
      let isControl = scalar.properties.generalCategory == .control
      text.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
    }
    return word.count > Self.quotedLimit ? text + "…" : text
  }
}
