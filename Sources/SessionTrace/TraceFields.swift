/// The members of one line: a flat JSON object of numbers, texts and truth values.
///
/// Parses into ranges of the line; allocates nothing once its own memory has grown.
///
/// - Spec: RFC 8259; Protocol/trace.md §1.
struct TraceFields {
  enum Value {
    case integer(Int64)
    /// What stands between the quotes, escapes included.
    case text(Range<Int>)
    case bool(Bool)
    /// A number that is not whole, or too large; or `null`.
    case other
  }

  /// More members than any record has.
  static let maximumCount = 32

  private(set) var line: ArraySlice<UInt8> = []
  private var members: [(key: Range<Int>, value: Value)] = []

  init() {
    self.members.reserveCapacity(Self.maximumCount)
  }

  /// Reads the members of `line`.
  ///
  /// - Returns: `false` if it is not a flat object, or has too many members.
  mutating func parse(_ line: ArraySlice<UInt8>) -> Bool {
    self.line = line
    self.members.removeAll(keepingCapacity: true)
    var cursor = Cursor(bytes: line)
    guard cursor.take(UInt8(ascii: "{")) else { return false }
    if cursor.take(UInt8(ascii: "}")) { return cursor.isAtEnd }
    repeat {
      guard self.members.count < Self.maximumCount, let key = cursor.text(), cursor.take(UInt8(ascii: ":")),
        let value = cursor.value()
      else { return false }
      self.members.append((key, value))
    } while cursor.take(UInt8(ascii: ","))
    return cursor.take(UInt8(ascii: "}")) && cursor.isAtEnd
  }

  /// The member of this name, the first if there are several.
  private func value(_ key: StaticString) -> Value? {
    let name = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
    return self.members.first { self.line[$0.key].elementsEqual(name) }?.value
  }

  func integer(_ key: StaticString) -> Int64? {
    guard case .integer(let value) = self.value(key) else { return nil }
    return value
  }

  func bool(_ key: StaticString) -> Bool? {
    guard case .bool(let value) = self.value(key) else { return nil }
    return value
  }

  /// A text without its escapes; `\u` escapes become what they stand for only below 128, and a space above.
  func text(_ key: StaticString) -> String? {
    guard case .text(let range) = self.value(key) else { return nil }
    let raw = self.line[range]
    guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
    var bytes: [UInt8] = []
    var index = raw.startIndex
    while index < raw.endIndex {
      guard raw[index] == UInt8(ascii: "\\"), index + 1 < raw.endIndex else {
        bytes.append(raw[index])
        index += 1
        continue
      }
      switch raw[index + 1] {
      case UInt8(ascii: "u"):
        let digits = String(decoding: raw[min(index + 2, raw.endIndex)..<min(index + 6, raw.endIndex)], as: UTF8.self)
        bytes.append(UInt16(digits, radix: 16).flatMap { 0x20..<0x7F ~= $0 ? UInt8($0) : nil } ?? UInt8(ascii: " "))
        index = min(index + 6, raw.endIndex)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
        bytes.append(raw[index + 1])
        index += 2
      default:
        bytes.append(UInt8(ascii: " "))
        index += 2
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A text that is one of a few words.
  func word<Word: RawRepresentable & CaseIterable>(_ key: StaticString) -> Word? where Word.RawValue == String {
    guard case .text(let range) = self.value(key) else { return nil }
    return Word.allCases.first { self.line[range].elementsEqual($0.rawValue.utf8) }
  }

  /// Whether the text of this name is `word`.
  func has(_ key: StaticString, _ word: StaticString) -> Bool {
    guard case .text(let range) = self.value(key) else { return false }
    return self.line[range].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }
}

extension TraceFields {
  /// Where reading has come to.
  private struct Cursor {
    let bytes: ArraySlice<UInt8>
    var index: Int

    init(bytes: ArraySlice<UInt8>) {
      self.bytes = bytes
      self.index = bytes.startIndex
    }

    private mutating func skipSpace() {
      while self.index < self.bytes.endIndex, [0x20, 0x09, 0x0D].contains(self.bytes[self.index]) { self.index += 1 }
    }

    var isAtEnd: Bool {
      mutating get {
        self.skipSpace()
        return self.index == self.bytes.endIndex
      }
    }

    mutating func take(_ byte: UInt8) -> Bool {
      self.skipSpace()
      guard self.index < self.bytes.endIndex, self.bytes[self.index] == byte else { return false }
      self.index += 1
      return true
    }

    /// What is between two quotes.
    mutating func text() -> Range<Int>? {
      guard self.take(UInt8(ascii: "\"")) else { return nil }
      let start = self.index
      while self.index < self.bytes.endIndex {
        let byte = self.bytes[self.index]
        if byte == UInt8(ascii: "\"") {
          self.index += 1
          return start..<self.index - 1
        }
        guard byte >= 0x20 else { return nil }
        self.index += byte == UInt8(ascii: "\\") ? 2 : 1
      }
      return nil
    }

    mutating func value() -> Value? {
      self.skipSpace()
      guard self.index < self.bytes.endIndex else { return nil }
      switch self.bytes[self.index] {
      case UInt8(ascii: "\""): return self.text().map(Value.text)
      case UInt8(ascii: "t"): return self.take("true") ? .bool(true) : nil
      case UInt8(ascii: "f"): return self.take("false") ? .bool(false) : nil
      case UInt8(ascii: "n"): return self.take("null") ? .other : nil
      default: return self.number()
      }
    }

    private mutating func take(_ word: StaticString) -> Bool {
      let end = self.index + word.utf8CodeUnitCount
      let name = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
      guard end <= self.bytes.endIndex, self.bytes[self.index..<end].elementsEqual(name) else { return false }
      self.index = end
      return true
    }

    private mutating func number() -> Value? {
      let start = self.index
      let isNegative = self.bytes[start] == UInt8(ascii: "-")
      if isNegative { self.index += 1 }
      var value: Int64? = 0
      var digitCount = 0
      while self.index < self.bytes.endIndex, 0x30...0x39 ~= self.bytes[self.index] {
        let digit = Int64(self.bytes[self.index] - 0x30)
        if let known = value {
          let (product, hasOverflown) = known.multipliedReportingOverflow(by: 10)
          let (sum, isTooLarge) = product.addingReportingOverflow(digit)
          value = hasOverflown || isTooLarge ? nil : sum
        }
        digitCount += 1
        self.index += 1
      }
      guard digitCount > 0 else { return nil }
      let whole = self.index
      while self.index < self.bytes.endIndex, Self.continuesNumber(self.bytes[self.index]) { self.index += 1 }
      guard whole == self.index, let value else { return .other }
      return .integer(isNegative ? -value : value)
    }

    private static func continuesNumber(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }
}
