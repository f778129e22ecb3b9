import Foundation

/// From when to when a certificate is valid, in seconds since 1970.
///
/// - Spec: RFC 5280 §4.1; RFC 7468 §5.
struct CertificateValidity: Hashable {
  var notBefore: Int64
  var notAfter: Int64

  /// - Parameter pem: the first certificate in it counts.
  init?(pem: String) {
    guard let start = pem.range(of: "-----BEGIN CERTIFICATE-----"),
      let end = pem.range(of: "-----END CERTIFICATE-----", range: start.upperBound..<pem.endIndex),
      let data = Data(base64Encoded: String(pem[start.upperBound..<end.lowerBound]), options: .ignoreUnknownCharacters)
    else { return nil }
    self.init(der: Array(data))
  }

  init?(der: [UInt8]) {
    var file = DERReader(der[...])
    guard var certificate = file.read(0x30), var fields = certificate.read(0x30) else { return nil }
    // The version is optional; serial number, algorithm and issuer follow.
    _ = fields.read(0xA0)
    guard fields.read(0x02) != nil, fields.read(0x30) != nil, fields.read(0x30) != nil,
      var validity = fields.read(0x30), let notBefore = validity.readTime(), let notAfter = validity.readTime()
    else { return nil }
    self.notBefore = notBefore
    self.notAfter = notAfter
  }
}

/// Reads one value after another.
///
/// - Spec: X.690 §8, §10.
private struct DERReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    self.rest = bytes
  }

  /// The contents of the next value if it has `tag`; what comes next is left as it is if not.
  mutating func read(_ tag: UInt8) -> Self? {
    guard self.rest.count >= 2, self.rest.first == tag else { return nil }
    var bytes = self.rest.dropFirst()
    var length = Int(bytes.removeFirst())
    if length >= 0x80 {
      let count = length - 0x80
      guard (1...4).contains(count), bytes.count >= count else { return nil }
      length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      bytes = bytes.dropFirst(count)
    }
    guard bytes.count >= length else { return nil }
    self.rest = bytes.dropFirst(length)
    return Self(bytes.prefix(length))
  }

  /// UTCTime or GeneralizedTime, in seconds since 1970.
  mutating func readTime() -> Int64? {
    if let time = self.read(0x17) { return time.seconds(yearDigits: 2) }
    return self.read(0x18)?.seconds(yearDigits: 4)
  }

  private func seconds(yearDigits: Int) -> Int64? {
    let text = Array(self.rest)
    guard text.count == yearDigits + 11, text.last == UInt8(ascii: "Z"),
      text.dropLast().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    func number(_ range: Range<Int>) -> Int { text[range].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } }
    var year = number(0..<yearDigits)
    // RFC 5280 §4.1.2.5.1.
    if yearDigits == 2 { year += year < 50 ? 2_000 : 1_900 }
    let parts = (0..<5).map { number(yearDigits + 2 * $0..<yearDigits + 2 * $0 + 2) }
    guard (1...12).contains(parts[0]), (1...31).contains(parts[1]), parts[2] < 24, parts[3] < 60, parts[4] < 61 else {
      return nil
    }
    // Days since 1970-01-01; Howard Hinnant, chrono-compatible low-level date algorithms.
    let shifted = parts[0] <= 2 ? year - 1 : year
    let month = (parts[0] + 9) % 12
    let era = shifted / 400
    let ofEra = shifted - era * 400
    let ofYear = (153 * month + 2) / 5 + parts[1] - 1
    let days = era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    return Int64(days) * 86_400 + Int64(parts[2] * 3_600 + parts[3] * 60 + parts[4])
  }
}
