/// Reads the JSON that tickets and key sets are made of: objects of strings, whole numbers and booleans.
///
/// Strict where looseness has been exploited: strings are printable ASCII without escapes, numbers are whole and not
/// negative, nothing follows the end. Its cost and memory are bounded by its input, which its users bound.
///
/// - Spec: RFC 8259, less what Protocol/identity.md §3 leaves out.
struct JSONReader {
  private let bytes: [UInt8]
  private var index = 0
  /// Whether a value precedes in the object or array that is being read.
  private var needsComma = false

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads `{` or `[`.
  mutating func open(_ bracket: Unicode.Scalar) throws(TicketError) {
    try self.expect(UInt8(ascii: bracket))
    self.needsComma = false
  }

  /// Goes to the next member of an object or element of an array.
  ///
  /// - Returns: `false` when `bracket` ended it instead.
  mutating func next(before bracket: Unicode.Scalar) throws(TicketError) -> Bool {
    self.skipSpace()
    if self.index < self.bytes.count, self.bytes[self.index] == UInt8(ascii: bracket) {
      self.index += 1
      self.needsComma = true
      return false
    }
    if self.needsComma { try self.expect(UInt8(ascii: ",")) }
    self.needsComma = false
    return true
  }

  /// The next member's name, or `nil` at the object's end.
  mutating func nextName() throws(TicketError) -> String? {
    guard try self.next(before: "}") else { return nil }
    let name = try self.string()
    try self.expect(UInt8(ascii: ":"))
    return name
  }

  mutating func string() throws(TicketError) -> String {
    try self.expect(UInt8(ascii: "\""))
    let start = self.index
    while self.index < self.bytes.count {
      let byte = self.bytes[self.index]
      if byte == UInt8(ascii: "\"") {
        defer { self.index += 1 }
        self.needsComma = true
        return String(decoding: self.bytes[start..<self.index], as: UTF8.self)
      }
      guard 0x20...0x7E ~= byte, byte != UInt8(ascii: "\\") else { throw .malformed }
      self.index += 1
    }
    throw .malformed
  }

  /// 0 ... 2⁵³ - 1, which every JSON reader can hold.
  mutating func integer() throws(TicketError) -> Int64 {
    self.skipSpace()
    let start = self.index
    var value: Int64 = 0
    while self.index < self.bytes.count, case let byte = self.bytes[self.index], 0x30...0x39 ~= byte {
      // A leading zero is not JSON.
      guard self.index == start || value > 0 else { throw .malformed }
      value = value * 10 + Int64(byte - 0x30)
      guard value < 1 << 53 else { throw .malformed }
      self.index += 1
    }
    guard self.index > start else { throw .malformed }
    self.needsComma = true
    return value
  }

  mutating func boolean() throws(TicketError) -> Bool {
    self.skipSpace()
    for (word, value) in [("true", true), ("false", false)] where self.bytes[self.index...].starts(with: word.utf8) {
      self.index += word.utf8.count
      self.needsComma = true
      return value
    }
    throw .malformed
  }

  /// - Throws: ``TicketError/malformed`` when anything but space follows.
  mutating func end() throws(TicketError) {
    self.skipSpace()
    guard self.index == self.bytes.count else { throw .malformed }
  }

  private mutating func expect(_ byte: UInt8) throws(TicketError) {
    self.skipSpace()
    guard self.index < self.bytes.count, self.bytes[self.index] == byte else { throw .malformed }
    self.index += 1
  }

  private mutating func skipSpace() {
    while self.index < self.bytes.count {
      switch self.bytes[self.index] {
      case 0x20, 0x09, 0x0A, 0x0D: self.index += 1
      default: return
      }
    }
  }
}

extension Optional {
  /// Takes a member that may come once.
  mutating func setOnce(_ value: Wrapped?) throws(TicketError) {
    guard self == nil, let value else { throw .malformed }
    self = value
  }

  /// Gives a member that must have come.
  func required() throws(TicketError) -> Wrapped {
    guard let value = self else { throw .malformed }
    return value
  }
}
