/// Reads the values of settings. Each function returns `nil` for what it does not understand.
enum LinkValue {
  /// Such as `15ms`, `0.5s`, `200us` or `0`; at most an hour.
  static func duration(_ text: some StringProtocol) -> Duration? {
    for (unit, nanoseconds) in [("ms", 1e6), ("us", 1e3), ("ns", 1), ("s", 1e9)] where text.hasSuffix(unit) {
      guard let value = Self.number(text.dropLast(unit.count)), value * nanoseconds <= 3600e9 else { return nil }
      return .nanoseconds(Int64((value * nanoseconds).rounded()))
    }
    return Self.number(text) == 0 ? .zero : nil
  }

  /// Such as `2%` or `0.02`; 0 ... 1.
  static func chance(_ text: some StringProtocol) -> Double? {
    let value = text.hasSuffix("%") ? Self.number(text.dropLast()).map { $0 / 100 } : Self.number(text)
    return value.flatMap { $0 <= 1 ? $0 : nil }
  }

  /// Such as `20M`, `500k` or `unlimited`; 1 kbit/s to 1 Tbit/s, 0 for unlimited.
  static func rate(_ text: String) -> Int64? {
    if text == "unlimited" { return 0 }
    for (unit, factor) in [("k", 1e3), ("M", 1e6), ("G", 1e9)] where text.hasSuffix(unit) {
      guard let value = Self.number(text.dropLast()), 1e3...1e12 ~= value * factor else { return nil }
      return Int64(value * factor)
    }
    return nil
  }

  /// Such as `64KB`, `1MB` or `9000B`; at most a gigabyte.
  static func byteCount(_ text: String) -> Int? {
    for (unit, factor) in [("KB", 1e3), ("MB", 1e6), ("B", 1)] where text.hasSuffix(unit) {
      guard let value = Self.number(text.dropLast(unit.count)), 1...1e9 ~= value * factor else { return nil }
      return Int(value * factor)
    }
    return nil
  }

  static func burst(_ text: String) -> BurstLoss? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, let enter = Self.chance(parts[0]), let length = Self.number(parts[1]), length >= 1 else {
      return nil
    }
    return BurstLoss(enter: enter, leave: 1 / length)
  }

  static func reordering(_ text: String) -> (chance: Double, delay: Duration)? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, let chance = Self.chance(parts[0]), let delay = Self.duration(parts[1]) else { return nil }
    return (chance, delay)
  }

  static func outage(_ text: String) -> Outage? {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    guard parts.count == 2, let start = Self.duration(parts[0]) else { return nil }
    let rest = parts[1].split(separator: "/", omittingEmptySubsequences: false)
    guard 1...2 ~= rest.count, let length = Self.duration(rest[0]), length > .zero else { return nil }
    if rest.count == 1 { return Outage(at: start, lasting: length) }
    guard let period = Self.duration(rest[1]), period > length else { return nil }
    return Outage(at: start, lasting: length, every: period)
  }

  /// Up to 15 digits with one point at most, and nothing else.
  private static func number(_ text: some StringProtocol) -> Double? {
    let bytes = text.utf8
    guard 1...16 ~= bytes.count, bytes.allSatisfy({ 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ".") }) else { return nil }
    return Double(String(text))
  }
}
