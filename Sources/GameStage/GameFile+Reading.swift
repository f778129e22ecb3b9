import Glibc
import MediaUnits
import Yams

extension GameFile {
  /// Reads a game file.
  ///
  /// - Throws: ``GameFileError``; nothing that a file can hold ends the process.
  public init(contentsOf path: String) throws(GameFileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw GameFileError(path: path, line: nil, message: "cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Self.maximumByteCount + 1)
    let count = read(descriptor, &bytes, bytes.count)
    guard count >= 0 else {
      throw GameFileError(path: path, line: nil, message: "cannot be read: \(String(cString: strerror(errno)))")
    }
    bytes.removeLast(bytes.count - count)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw GameFileError(path: path, line: nil, message: "is not UTF-8 text")
    }
    guard let resolved = realpath(path, nil) else {
      throw GameFileError(path: path, line: nil, message: "has no absolute path: \(String(cString: strerror(errno)))")
    }
    defer { free(resolved) }
    let absolute = String(cString: resolved)
    do {
      try self.init(parsing: text, directory: String(absolute[..<(absolute.lastIndex(of: "/") ?? absolute.startIndex)]))
    } catch {
      throw GameFileError(path: path, line: error.line, message: error.message)
    }
  }

  /// Reads a game file's text.
  ///
  /// - Parameters:
  ///   - text: YAML, at most ``maximumByteCount`` bytes.
  ///   - directory: the folder that the game file is in.
  /// - Throws: ``GameFileError`` that names the field, and the line where one is known.
  public init(parsing text: String, directory: String) throws(GameFileError) {
    guard text.utf8.count <= Self.maximumByteCount else {
      throw GameFileError(line: nil, message: "a game file has at most \(Self.maximumByteCount / 1024) KiB")
    }
    try Self.rejectManyAliases(in: text)
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw GameFileError(line: error.line, message: error.sentence)
    } catch {
      throw GameFileError(line: nil, message: "is not YAML: \(error)")
    }
    guard let root else { throw GameFileError(line: nil, message: "is empty") }

    var fields = try FieldReader(root, path: "")
    let name = try fields.requiredString("name", characterCount: 1...64)
    guard name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }) else {
      throw fields.error("name", "must consist of lower-case letters, digits and hyphens")
    }
    self.init(
      name: name,
      title: try fields.requiredString("title", characterCount: 1...200),
      command: try fields.requiredStrings("command", count: 1...256),
      directory: directory
    )
    self.environment = try fields.stringMap("environment", maximumCount: 256) ?? self.environment
    self.workingDirectory = try fields.string("workingDirectory", characterCount: 1...4096) ?? self.workingDirectory
    self.copies = try fields.strings("copy", count: 0...64) ?? self.copies
    guard self.copies.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("/") }) else {
      throw fields.error("copy", "may only name files beside the game file, without a path or a leading dot")
    }
    if let picture = try fields.fields("picture") { self.picture = try Picture(picture) }
    self.audio = try fields.bool("audio") ?? self.audio
    if var start = try fields.fields("start") {
      self.startTimeout = try start.seconds("timeoutSeconds", 1...600) ?? self.startTimeout
      try start.finish()
    }
    if var end = try fields.fields("end") {
      if let signal = try end.string("signal", characterCount: 1...8) {
        guard let known = EndSignal(rawValue: signal) else {
          let names = EndSignal.allCases.map(\.rawValue).joined(separator: ", ")
          throw end.error("signal", "must be one of \(names)")
        }
        self.endSignal = known
      }
      self.endGrace = try end.seconds("graceSeconds", 0...60) ?? self.endGrace
      self.sessionEndsWhenGameExits = try end.bool("sessionEndsWhenGameExits") ?? self.sessionEndsWhenGameExits
      try end.finish()
    }
    try fields.finish()
  }

  /// An alias repeats what its anchor holds, so a few dozen of them can stand for more than any memory. Eight cannot:
  /// they repeat the file at most eighteen times.
  private static func rejectManyAliases(in text: String) throws(GameFileError) {
    var count = 0
    var line = 1
    var previous = UInt8(ascii: "\n")
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\n") { line += 1 }
      let startsToken = " \t\r\n[]{},:-?\"'".utf8.contains(previous) || previous >= 0x80
      if byte == UInt8(ascii: "*"), startsToken {
        count += 1
        guard count <= 8 else { throw GameFileError(line: line, message: "has more than 8 aliases (*name)") }
      }
      previous = byte
    }
  }
}

extension GameFile.Picture {
  fileprivate init(_ reader: FieldReader) throws(GameFileError) {
    var fields = reader
    self.init()
    self.sizes = try fields.sizes("sizes", maximumCount: 32) ?? []
    if self.sizes.isEmpty {
      self.minimum = try fields.size("minimum") ?? self.minimum
      self.maximum = try fields.size("maximum") ?? self.maximum
      guard self.minimum.width <= self.maximum.width, self.minimum.height <= self.maximum.height else {
        throw fields.error("minimum", "must not be larger than the maximum")
      }
    }
    let size = try fields.size("default")
    self.defaultSize = size ?? self.sizes.first ?? self.defaultSize
    if size == nil, !self.allows(self.defaultSize) { self.defaultSize = self.maximum }
    guard self.allows(self.defaultSize) else {
      throw fields.error("default", "must be one of the sizes that the game allows")
    }
    self.maximumRate = try fields.int("maximumRate", 1...240) ?? self.maximumRate
    self.defaultRate = try fields.int("defaultRate", 1...self.maximumRate) ?? min(60, self.maximumRate)
    try fields.finish()
  }
}

extension YamlError {
  /// Where the text stops being YAML, counted from 1.
  fileprivate var line: Int? {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
    case .duplicatedKeysInMapping(_, let context): context.mark.line
    default: nil
    }
  }

  fileprivate var sentence: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _):
      "is not YAML: \(problem)"
    case .duplicatedKeysInMapping: "has the same field twice"
    default: "is not YAML: \(self)"
    }
  }
}
