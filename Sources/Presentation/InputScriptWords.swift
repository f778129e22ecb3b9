/// The words of one script line: split at blanks, ending where a comment starts.
struct InputScriptWords {
  private(set) var rest: ArraySlice<UInt8>

  init(rest: ArraySlice<UInt8>) {
    self.rest = rest
  }

  /// The next word, or `nil` at the end of the line.
  mutating func next() -> ArraySlice<UInt8>? {
    self.skipBlanks()
    guard let first = self.rest.first, first != UInt8(ascii: "#") else { return nil }
    let end = self.rest.firstIndex { Self.isBlank($0) || $0 == UInt8(ascii: "#") } ?? self.rest.endIndex
    defer { self.rest = self.rest[end...] }
    return self.rest[..<end]
  }

  /// The next word's characters if it stands in double quotes; `nil`, and nothing consumed, if it does not.
  mutating func nextQuoted() -> [UInt8]? {
    self.skipBlanks()
    guard self.rest.first == UInt8(ascii: "\"") else { return nil }
    var text: [UInt8] = []
    var index = self.rest.startIndex + 1
    while index < self.rest.endIndex {
      let byte = self.rest[index]
      switch byte {
      case UInt8(ascii: "\""):
        self.rest = self.rest[(index + 1)...]
        return text
      case UInt8(ascii: "\\"):
        index += 1
        guard index < self.rest.endIndex else { return nil }
        text.append(self.rest[index])
      default:
        text.append(byte)
      }
      index += 1
    }
    return nil
  }

  private mutating func skipBlanks() {
    self.rest = self.rest.drop(while: Self.isBlank)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
