import Foundation

/// The sources of the package, as text.
enum SourceTree {
  struct Line: Sendable {
    var file: String
    /// Counts from 1.
    var number: Int
    var text: String
  }

  static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

  /// The Swift files below `Sources/<module>`.
  static func files(of module: String) -> [URL] {
    let directory = Self.root.appending(path: "Sources/\(module)")
    let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }

  /// Every line of those files that is not a comment.
  static func code(of module: String) throws -> [Line] {
    try Self.files(of: module).flatMap { file in
      Self.code(in: try String(contentsOf: file, encoding: .utf8), file: "\(module)/\(file.lastPathComponent)")
    }
  }

  /// Every line of `source` that is not a comment.
  static func code(in source: String, file: String) -> [Line] {
    zip(1..., source.split(separator: "\n", omittingEmptySubsequences: false))
      .map { Line(file: file, number: $0, text: String($1)) }
      .filter { !$0.text.drop(while: \.isWhitespace).hasPrefix("//") }
  }

  /// The directories below `Sources`.
  static func modules() throws -> [String] {
    let sources = Self.root.appending(path: "Sources")
    return try FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: [.isDirectoryKey])
      .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
      .map(\.lastPathComponent)
      .sorted()
  }
}

extension SourceTree.Line {
  /// Whether the line has `phrase`, and not just as the end of a longer name.
  func uses(_ phrase: String) -> Bool {
    self.text.ranges(of: phrase).contains { range in
      guard let first = phrase.first, first.isLetter, range.lowerBound > self.text.startIndex else { return true }
      let before = self.text[self.text.index(before: range.lowerBound)]
      return !(before.isLetter || before.isNumber || before == "_")
    }
  }

  /// The module that this line imports; `nil` if it is no import.
  var importedModule: String? {
    let words = self.text.split { $0.isWhitespace || $0 == ";" }
    guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count else { return nil }
    // Only attributes and access levels stand in front of an import.
    let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    guard words[..<keyword].allSatisfy({ $0.hasPrefix("@") || modifiers.contains($0) }) else { return nil }
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
    let name = kinds.contains(words[keyword + 1]) ? words.dropFirst(keyword + 2).first : words[keyword + 1]
    return name?.split(separator: ".").first.map(String.init)
  }
}
