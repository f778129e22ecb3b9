import MediaUnits
public import SessionProtocol

/// One input event and when a player makes it.
public struct TimedInput: Hashable, Sendable {
  /// Time since the script was started, at least zero.
  public var offset: Duration
  public var event: InputEvent

  public init(offset: Duration, event: InputEvent) {
    self.offset = offset
    self.event = event
  }
}

/// What a player does, written down: input events with times, read from a text file.
///
/// ``documentation`` is the format's description for people. A script that parses is bounded: it holds at most
/// ``maximumEventCount`` events, all within a day.
public struct InputScript: Hashable, Sendable {
  /// The longest text that is parsed, in bytes.
  public static let maximumByteCount = 1 << 20
  /// The most events that a script may come to, its repetitions counted.
  public static let maximumEventCount = 100_000
  /// The latest time that a script may name.
  public static let maximumOffset = Duration.seconds(86_400)
  /// How long a `tap` holds its key or button when the script does not say.
  public static let defaultHold = Duration.milliseconds(60)
  /// The time between two characters of one `text` event.
  public static let textInterval = Duration.milliseconds(20)

  /// The events in the order of their times; events of the same time keep the script's order.
  public let events: [TimedInput]
  /// The time of the last event or line, whichever is later.
  public let duration: Duration

  /// Parses a whole script.
  ///
  /// - Throws: ``ParseError``, for the first line that is wrong.
  public init(parsing text: String) throws(ParseError) {
    try self.init(parsing: Array(text.utf8))
  }

  /// Parses a whole script from its UTF-8 bytes.
  ///
  /// - Parameter bytes: text of at most ``maximumByteCount`` bytes; invalid UTF-8 is an error only inside `text "…"`.
  /// - Throws: ``ParseError``, for the first line that is wrong.
  public init(parsing bytes: [UInt8]) throws(ParseError) {
    var parser = InputScriptParser()
    try parser.parse(bytes)
    self.duration = parser.end
    // Sorting by (time, position) keeps the script's order where times are the same.
    self.events = parser.events.enumerated()
      .sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
      .map(\.element)
  }

  /// Why a script was refused, and where.
  public struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, counted from 1.
    public var line: Int
    public var reason: Reason

    public init(line: Int, reason: Reason) {
      self.line = line
      self.reason = reason
    }

    public enum Reason: Hashable, Sendable {
      /// Something else should stand there.
      case expected(String, found: String)
      /// There is no key of that name.
      case unknownKey(String)
      /// A number lies outside of what it may be.
      case outOfRange(String, found: String)
      /// A `repeat` without its `end`, an `end` without its `repeat`, or a `repeat` inside another.
      case unbalancedRepeat(String)
      /// The script, its repetitions counted, has more than ``InputScript/maximumEventCount`` events.
      case tooManyEvents
      /// The text is longer than ``InputScript/maximumByteCount``.
      case tooLong(byteCount: Int)
    }

    public var description: String {
      switch self.reason {
      case .expected(let what, let found): "line \(self.line): expected \(what), found \(found)"
      case .unknownKey(let name): "line \(self.line): there is no key '\(name)'"
      case .outOfRange(let what, let found): "line \(self.line): \(what), found \(found)"
      case .unbalancedRepeat(let what): "line \(self.line): \(what)"
      case .tooManyEvents: "line \(self.line): more than \(InputScript.maximumEventCount) events"
      case .tooLong(let count): "\(count) bytes of script; the most is \(InputScript.maximumByteCount)"
      }
    }
  }

  /// The format, for a program's help text.
  public static let documentation = """
    An input script is plain text with one event a line: TIME EVENT ARGUMENTS.

    TIME is in seconds: 1.25 counts from the script's start, +0.5 from the time of the line above.

      key NAME press|release|tap [hold SECONDS]     evdev name without KEY_: a, LEFTCTRL, SPACE, F11, KP5
      button left|right|middle|side|extra press|release|tap [hold SECONDS]
      move DX DY                                    relative pointer motion in pixels; right and down are positive
      position X Y                                  pointer position; 0 0 is the top left, 1 1 the bottom right
      wheel DX DY                                   detents; right and up are positive
      text "CHARACTERS"                             typed one after another, 20 ms apart; \\" and \\\\ are escapes
      wait                                          nothing; gives a line to count from

    A tap holds for 0.06 seconds unless it says otherwise; TIME is when it is pressed.
    The lines between 'repeat N' and 'end' are played N times, one pass after the other.
    Their times must be relative (+). Repeats do not nest.
    Empty lines and everything after # are ignored.

      # walk forward for two seconds, then fire three times
      0.5   key UP press
      +2    key UP release
      repeat 3
      +0.25 key LEFTCTRL tap hold 0.1
      end
    """
}
