import MediaUnits
import Yams

/// Reads the fields of one YAML mapping by name, and notices those that nobody asked for.
struct FieldReader {
  private let path: String
  private let line: Int?
  private var unread: [(name: String, node: Node)] = []
  private var known: [(name: String, line: Int?)] = []

  init(_ node: Node, path: String) throws(GameFileError) {
    self.path = path
    self.line = node.mark?.line
    guard let mapping = node.mapping else {
      let what = path.isEmpty ? "a game file" : "'\(path)'"
      throw GameFileError(line: node.mark?.line, message: "\(what) must be a mapping of fields to values")
    }
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw GameFileError(line: key.mark?.line, message: "a field's name must be a word")
      }
      self.unread.append((name, value))
    }
  }

  /// An error about one field that has been read, or about the mapping.
  func error(_ name: String, _ message: String) -> GameFileError {
    let line = self.known.first { $0.name == name }?.line ?? self.line
    return GameFileError(line: line, message: "'\(self.fullName(name))' \(message)")
  }

  /// - Throws: if there is a field that was never asked for.
  func finish() throws(GameFileError) {
    guard let (name, node) = self.unread.first else { return }
    let known = self.known.map(\.name).sorted().joined(separator: ", ")
    throw GameFileError(
      line: node.mark?.line,
      message: "unknown field '\(self.fullName(String(name.prefix(64))))'; the fields here are \(known)"
    )
  }

  mutating func fields(_ name: String) throws(GameFileError) -> FieldReader? {
    guard let node = self.take(name) else { return nil }
    return try FieldReader(node, path: self.fullName(name))
  }

  mutating func string(_ name: String, characterCount: ClosedRange<Int>) throws(GameFileError) -> String? {
    guard let node = self.take(name) else { return nil }
    guard let text = node.scalar?.string, characterCount.contains(text.count), !text.utf8.contains(0) else {
      throw self.error(
        name,
        "must be text of \(characterCount.lowerBound) to \(characterCount.upperBound) characters"
      )
    }
    return text
  }

  mutating func requiredString(_ name: String, characterCount: ClosedRange<Int>) throws(GameFileError) -> String {
    guard let text = try self.string(name, characterCount: characterCount) else {
      throw self.error(name, "is required")
    }
    return text
  }

  mutating func strings(_ name: String, count: ClosedRange<Int>) throws(GameFileError) -> [String]? {
    guard let node = self.take(name) else { return nil }
    let texts = node.sequence?.map { $0.scalar?.string } ?? []
    let strings = texts.compactMap { $0 }
    guard node.sequence != nil, strings.count == texts.count, count.contains(texts.count),
      strings.allSatisfy({ !$0.utf8.contains(0) })
    else {
      throw self.error(name, "must be a list of \(count.lowerBound) to \(count.upperBound) texts")
    }
    return strings
  }

  mutating func requiredStrings(_ name: String, count: ClosedRange<Int>) throws(GameFileError) -> [String] {
    guard let strings = try self.strings(name, count: count) else { throw self.error(name, "is required") }
    return strings
  }

  mutating func stringMap(_ name: String, maximumCount: Int) throws(GameFileError) -> [String: String]? {
    guard let node = self.take(name) else { return nil }
    guard let mapping = node.mapping, mapping.count <= maximumCount else {
      throw self.error(name, "must be a mapping of at most \(maximumCount) names to texts")
    }
    var map: [String: String] = [:]
    for (key, value) in mapping {
      guard let key = key.scalar?.string, let value = value.scalar?.string, !key.isEmpty, !key.contains("="),
        !key.utf8.contains(0), !value.utf8.contains(0)
      else {
        throw self.error(name, "must map names without '=' to texts")
      }
      map[key] = value
    }
    return map
  }

  mutating func bool(_ name: String) throws(GameFileError) -> Bool? {
    guard let node = self.take(name) else { return nil }
    switch node.scalar?.string {
    case "true": return true
    case "false": return false
    default: throw self.error(name, "must be true or false")
    }
  }

  mutating func int(_ name: String, _ range: ClosedRange<Int>) throws(GameFileError) -> Int? {
    guard let node = self.take(name) else { return nil }
    guard let value = node.scalar.flatMap({ Int($0.string) }), range.contains(value) else {
      throw self.error(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  mutating func seconds(_ name: String, _ range: ClosedRange<Double>) throws(GameFileError) -> Duration? {
    guard let node = self.take(name) else { return nil }
    guard let value = node.scalar.flatMap({ Double($0.string) }), range.contains(value) else {
      throw self.error(name, "must be a number of seconds from \(range.lowerBound) to \(range.upperBound)")
    }
    return .milliseconds(Int64(value * 1000))
  }

  mutating func size(_ name: String) throws(GameFileError) -> PictureSize? {
    guard let text = try self.string(name, characterCount: 1...16) else { return nil }
    return try self.size(text, of: name)
  }

  mutating func sizes(_ name: String, maximumCount: Int) throws(GameFileError) -> [PictureSize]? {
    guard let texts = try self.strings(name, count: 1...maximumCount) else { return nil }
    var sizes: [PictureSize] = []
    for text in texts { sizes.append(try self.size(text, of: name)) }
    return sizes
  }

  private func size(_ text: String, of name: String) throws(GameFileError) -> PictureSize {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1], width > 0, height > 0,
      PictureSize(width: width, height: height).isStreamable
    else {
      throw self.error(name, "must be WIDTHxHEIGHT, both even, from 16x16 to 3840x2160")
    }
    return PictureSize(width: width, height: height)
  }

  private mutating func take(_ name: String) -> Node? {
    guard let index = self.unread.firstIndex(where: { $0.name == name }) else {
      self.known.append((name, nil))
      return nil
    }
    let node = self.unread.remove(at: index).node
    self.known.append((name, node.mark?.line))
    return node
  }

  private func fullName(_ name: String) -> String {
    self.path.isEmpty ? name : "\(self.path).\(name)"
  }
}
