/// Numbers as people and JSON read them, without Foundation.
public enum DecimalText {
  /// `value` with exactly `places` digits after the point, rounded.
  public static func fixed(_ value: Double, _ places: Int) -> String {
    var bytes: [UInt8] = []
    Self.append(value, places, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Nanoseconds as milliseconds with two digits after the point; `never` for `nil`.
  public static func milliseconds(_ nanoseconds: Int64?) -> String {
    nanoseconds.map { Self.fixed(Double($0) / 1e6, 2) } ?? "never"
  }

  /// `value` in groups of three digits.
  public static func grouped(_ value: Int64) -> String {
    let digits = Array(String(value.magnitude).utf8)
    var bytes: [UInt8] = value < 0 ? [UInt8(ascii: "-")] : []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(digit)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Adds ``fixed(_:_:)``'s text; values beyond what fits are the nearest that does, not a number is 0.
  public static func append(_ value: Double, _ places: Int, to bytes: inout [UInt8]) {
    var scale: Int64 = 1
    for _ in 0..<places { scale *= 10 }
    let limit = 9e18 / Double(scale)
    let scaled = Int64((min(max(value.isNaN ? 0 : value, -limit), limit) * Double(scale)).rounded())
    if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
    Self.append(Int64(scaled.magnitude) / scale, to: &bytes)
    guard places > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    var rest = Int64(scaled.magnitude) % scale
    var divisor = scale / 10
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }

  /// Adds all digits of `value`.
  public static func append(_ value: Int64, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let magnitude = value.magnitude
    var divisor: UInt64 = 1
    while magnitude / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(magnitude / divisor % 10))
      divisor /= 10
    }
  }
}
