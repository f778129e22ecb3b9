internal import Charts

/// Writes JSON into memory that is used again: nothing is allocated once it has grown.
struct JSONText {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  mutating func removeAll() {
    self.bytes.removeAll(keepingCapacity: true)
    self.needsComma = false
  }

  mutating func begin(_ key: StaticString? = nil, array: Bool = false) {
    self.key(key)
    self.bytes.append(array ? UInt8(ascii: "[") : UInt8(ascii: "{"))
    self.needsComma = false
  }

  mutating func end(array: Bool = false) {
    self.bytes.append(array ? UInt8(ascii: "]") : UInt8(ascii: "}"))
    self.needsComma = true
  }

  mutating func add(_ key: StaticString?, _ value: Int64) {
    self.key(key)
    Decimal.append(value, to: &self.bytes)
  }

  /// `nil` becomes `null`.
  mutating func add(_ key: StaticString?, _ value: Int64?) {
    if let value { self.add(key, value) } else { self.add(key, word: "null") }
  }

  mutating func add(_ key: StaticString?, _ value: Double, places: Int) {
    self.key(key)
    Decimal.append(value, places, to: &self.bytes)
  }

  mutating func add(_ key: StaticString?, _ value: Bool) {
    self.add(key, word: value ? "true" : "false")
  }

  mutating func add(_ key: StaticString?, _ value: String) {
    self.key(key)
    self.appendQuoted(value)
  }

  mutating func newline() {
    self.bytes.append(UInt8(ascii: "\n"))
    self.needsComma = false
  }

  private mutating func add(_ key: StaticString?, word: StaticString) {
    self.key(key)
    self.append(word)
  }

  private mutating func key(_ key: StaticString?) {
    if self.needsComma { self.bytes.append(UInt8(ascii: ",")) }
    self.needsComma = true
    guard let key else { return }
    self.bytes.append(UInt8(ascii: "\""))
    self.append(key)
    self.bytes.append(UInt8(ascii: "\""))
    self.bytes.append(UInt8(ascii: ":"))
  }

  private mutating func append(_ text: StaticString) {
    self.bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// - Spec: RFC 8259 §7.
  private mutating func appendQuoted(_ text: String) {
    self.bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        self.bytes.append(UInt8(ascii: "\\"))
        self.bytes.append(byte)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        self.bytes.append(contentsOf: "\\u00".utf8)
        self.bytes.append(digits[Int(byte >> 4)])
        self.bytes.append(digits[Int(byte & 15)])
      default: self.bytes.append(byte)
      }
    }
    self.bytes.append(UInt8(ascii: "\""))
  }
}
