internal import MediaUnits

/// Changes of a link's conditions at set times.
///
/// As a text, one change a line: when it happens, counted from the link's start, whom it concerns (`up`, `down` or `both`),
/// and settings as ``LinkSetting`` reads them. Times do not fall. What stands behind a `#` is a comment.
///
/// ```
/// 5s   down  rate=12M
/// 10s  both  delay=40ms loss=2%
/// 20s  up    profile=wifi
/// ```
public struct LinkSchedule: Hashable, Sendable {
  public enum Direction: String, Hashable, Sendable, CaseIterable {
    case up
    case down
    case both
  }

  /// A line.
  public struct Change: Hashable, Sendable {
    /// From the link's start.
    public var at: Duration
    public var direction: Direction
    public var settings: [LinkSetting]

    public init(at: Duration, direction: Direction, settings: [LinkSetting]) {
      self.at = at
      self.direction = direction
      self.settings = settings
    }
  }

  /// Longer texts are refused.
  public static let maximumByteCount = 1 << 20
  /// More changes are refused.
  public static let maximumChangeCount = 10_000
  private static let maximumSettingCount = 16

  /// In the order of their times.
  public private(set) var changes: [Change]

  /// - Parameter changes: in the order of their times.
  public init(_ changes: [Change] = []) {
    precondition(zip(changes, changes.dropFirst()).allSatisfy { $0.at <= $1.at }, "a schedule's times do not fall")
    self.changes = changes
  }

  /// - Throws: ``LinkScheduleError``, for the first line that is wrong.
  public init(parsing text: String) throws(LinkScheduleError) {
    guard text.utf8.count <= Self.maximumByteCount else {
      throw LinkScheduleError(line: 1, reason: "the schedule has more than 1 MiB")
    }
    self.changes = []
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      let fields = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
      guard !fields.isEmpty else { continue }
      guard self.changes.count < Self.maximumChangeCount else {
        throw LinkScheduleError(line: number, reason: "more than \(Self.maximumChangeCount) changes")
      }
      self.changes.append(try Self.change(fields, line: number, after: self.changes.last?.at ?? .zero))
    }
  }

  private static func change(
    _ fields: [Substring],
    line: Int,
    after last: Duration
  ) throws(LinkScheduleError) -> Change {
    guard let at = LinkValue.duration(fields[0]) else {
      throw LinkScheduleError(line: line, reason: "expected a time such as 5s or 500ms")
    }
    guard at >= last else { throw LinkScheduleError(line: line, reason: "each line's time is at least the one above") }
    guard fields.count >= 3, let direction = Direction(rawValue: String(fields[1])) else {
      throw LinkScheduleError(line: line, reason: "expected up, down or both, and then settings such as rate=12M")
    }
    guard fields.count <= 2 + Self.maximumSettingCount else {
      throw LinkScheduleError(line: line, reason: "more than \(Self.maximumSettingCount) settings")
    }
    var settings: [LinkSetting] = []
    for field in fields[2...] {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw LinkScheduleError(line: line, reason: "expected NAME=VALUE, such as rate=12M")
      }
      do {
        settings.append(try LinkSetting(name: String(parts[0]), value: String(parts[1])))
      } catch {
        throw LinkScheduleError(line: line, reason: "\(error)")
      }
    }
    return Change(at: at, direction: direction, settings: settings)
  }
}

/// A line of a schedule that is not understood.
public struct LinkScheduleError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Counts from 1.
  public var line: Int
  public var reason: String

  public var description: String { "line \(self.line): \(self.reason)" }
}
