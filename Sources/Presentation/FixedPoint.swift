/// Decimal numbers as integers, so that what a script says is what happens.
enum FixedPoint {
  /// Parses `[-]digits[.digits]` into units of `10 ^ -fractionDigits`; `nil` if `word` is anything else, has more
  /// digits than that, or does not fit.
  static func parse(_ word: ArraySlice<UInt8>, fractionDigits: Int) -> Int64? {
    var digits = word
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits = digits.dropFirst() }
    var value: Int64 = 0
    var digitCount = 0
    var fractionCount: Int?
    for byte in digits {
      if byte == UInt8(ascii: "."), fractionCount == nil, fractionDigits > 0 {
        fractionCount = 0
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      guard digitCount < 18, (fractionCount ?? 0) < fractionDigits || fractionCount == nil else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      digitCount += 1
      fractionCount = fractionCount.map { $0 + 1 }
    }
    guard digitCount > 0 else { return nil }
    for _ in (fractionCount ?? 0)..<fractionDigits {
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = scaled
    }
    return isNegative ? -value : value
  }
}
