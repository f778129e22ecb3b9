/// Reads lines of blank-separated fields. Allocates nothing; its cost is bounded by its input.
struct TextFields: ~Escapable {
  private let bytes: Span<UInt8>
  private var index = 0
  private var lineEnd = 0
  /// The line being read, from 1; 0 before the first.
  private(set) var line = 0

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
  }

  /// Goes to the next line that holds more than blanks and a comment; `false` at the end.
  mutating func nextLine() -> Bool {
    while self.line == 0 || self.lineEnd < self.bytes.count {
      self.index = self.line == 0 ? 0 : self.lineEnd + 1
      self.lineEnd = self.index
      while self.lineEnd < self.bytes.count, self.bytes[self.lineEnd] != UInt8(ascii: "\n") { self.lineEnd += 1 }
      self.line += 1
      if !self.isAtLineEnd() { return true }
    }
    return false
  }

  /// Whether only blanks or a comment are left of the line.
  mutating func isAtLineEnd() -> Bool {
    while self.index < self.lineEnd, Self.isBlank(self.bytes[self.index]) { self.index += 1 }
    return self.index >= self.lineEnd || self.bytes[self.index] == UInt8(ascii: "#")
  }

  /// The next field's number in units of `10 ^ -fractionDigits`, further digits cut off; `nil`, and nothing more to be
  /// read, if the field is no plain decimal number followed by `suffix`, or is 10¹² or more.
  ///
  /// - Parameter negativeIsZero: whether a number with a minus sign is taken for 0 rather than refused.
  mutating func nextNumber(
    fractionDigits: Int,
    suffix: StaticString = "",
    negativeIsZero: Bool = false
  ) -> Int64? {
    guard !self.isAtLineEnd() else { return nil }
    let isNegative = negativeIsZero && self.bytes[self.index] == UInt8(ascii: "-")
    if isNegative { self.index += 1 }
    var value: Int64 = 0
    var digitCount = 0
    var fractionCount: Int?
    while self.index < self.lineEnd {
      let byte = self.bytes[self.index]
      if byte == UInt8(ascii: "."), fractionCount == nil {
        fractionCount = 0
      } else if 0x30...0x39 ~= byte {
        digitCount += 1
        if fractionCount ?? 0 < fractionDigits || fractionCount == nil {
          value = value * 10 + Int64(byte - 0x30)
          fractionCount = fractionCount.map { $0 + 1 }
        }
        guard fractionCount != nil || value < 1_000_000_000_000 else { return nil }
      } else {
        break
      }
      self.index += 1
    }
    guard digitCount > 0, self.take(suffix), self.index == self.lineEnd || Self.isBlank(self.bytes[self.index])
    else { return nil }
    for _ in (fractionCount ?? 0)..<fractionDigits {
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = scaled
    }
    return isNegative ? 0 : value
  }

  private mutating func take(_ suffix: StaticString) -> Bool {
    for byte in suffix.description.utf8 {
      guard self.index < self.lineEnd, self.bytes[self.index] == byte else { return false }
      self.index += 1
    }
    return true
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
