internal import Yams

extension ServiceLevels {
  /// Longer files are not read.
  public static let maximumByteCount = 16 << 10

  /// Reads a YAML mapping from names to limits.
  ///
  /// - Throws: ``ServiceLevelsError`` with the line and what is allowed there; nothing that a text can hold ends the
  ///   process.
  public init(parsing text: String) throws(ServiceLevelsError) {
    guard text.utf8.count <= Self.maximumByteCount else {
      throw ServiceLevelsError(line: nil, message: "service levels have at most \(Self.maximumByteCount >> 10) KiB")
    }
    try Self.rejectAliases(in: text)
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw ServiceLevelsError(error)
    }
    guard let root, let mapping = root.mapping, !mapping.isEmpty else {
      throw ServiceLevelsError(line: root?.mark?.line, message: "must map names to limits; the names are \(Self.names)")
    }
    self.init([])
    for (key, value) in mapping { try self.read(key, value) }
  }

  private static let names = (Figure.allCases.map(\.rawValue) + Self.durations).sorted().joined(separator: ", ")

  private mutating func read(_ key: Node, _ value: Node) throws(ServiceLevelsError) {
    let line = key.mark?.line
    let name = String((key.scalar?.string ?? "").prefix(64))
    if let figure = Figure(rawValue: name) {
      guard let limit = value.scalar.flatMap({ Self.number($0.string[...]) }) else {
        throw ServiceLevelsError(line: line, message: "'\(name)' must be a number from 0 to 1000000000")
      }
      return self.objectives.append(.figure(figure, atMost: limit))
    }
    guard Self.durations.contains(name) else {
      throw ServiceLevelsError(line: line, message: "unknown name '\(name)'; the names are \(Self.names)")
    }
    let statistics = Statistic.allCases.map(\.rawValue).joined(separator: ", ")
    guard let limits = value.mapping, !limits.isEmpty else {
      throw ServiceLevelsError(
        line: line,
        message: "'\(name)' must map some of \(statistics) to durations, such as {p99: 30ms}"
      )
    }
    for (key, value) in limits {
      let word = String((key.scalar?.string ?? "").prefix(64))
      guard let statistic = Statistic(rawValue: word) else {
        throw ServiceLevelsError(
          line: key.mark?.line,
          message: "unknown name '\(word)' in '\(name)'; the names here are \(statistics)"
        )
      }
      guard let limit = value.scalar.flatMap({ Self.milliseconds($0.string) }) else {
        throw ServiceLevelsError(
          line: key.mark?.line,
          message: "'\(name) \(word)' must be a duration with its unit (us, ms or s), such as 30ms"
        )
      }
      self.objectives.append(.duration(name, statistic, atMostMilliseconds: limit))
    }
  }

  private static func number(_ text: Substring) -> Double? {
    guard text.utf8.count <= 20, let value = Double(text), 0...1e9 ~= value else { return nil }
    return value
  }

  private static func milliseconds(_ text: String) -> Double? {
    for (unit, milliseconds) in [("us", 1e-3), ("ms", 1), ("s", 1e3)] where text.hasSuffix(unit) {
      var digits = text.dropLast(unit.count)
      if digits.last == " " { digits.removeLast() }
      return Self.number(digits).map { $0 * milliseconds }
    }
    return nil
  }

  /// An alias repeats what its anchor holds, so a few dozen of them can stand for more than any memory.
  private static func rejectAliases(in text: String) throws(ServiceLevelsError) {
    var line = 1
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\n") { line += 1 }
      guard byte != UInt8(ascii: "*"), byte != UInt8(ascii: "&") else {
        throw ServiceLevelsError(line: line, message: "service levels hold no aliases: no * and no &")
      }
    }
  }
}

extension ServiceLevelsError {
  fileprivate init(_ error: any Error) {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      self.init(line: mark.line, message: "is not YAML: \(problem)")
    case YamlError.duplicatedKeysInMapping(_, let context):
      self.init(line: context.mark.line, message: "this name occurs twice")
    default: self.init(line: nil, message: "is not YAML: \(error)")
    }
  }
}
