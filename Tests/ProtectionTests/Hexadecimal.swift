import Foundation

extension [UInt8] {
  /// Reads pairs of hexadecimal digits; spaces are skipped.
  init(hex text: String) {
    let digits = text.compactMap(\.hexDigitValue)
    self = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}

/// A file of the package's `Protocol/vectors`.
func vectorFile(_ name: String) throws -> Data {
  let package = URL(filePath: #filePath).appending(path: "../../..").standardized
  return try Data(contentsOf: package.appending(path: "Protocol/vectors/\(name)"))
}
