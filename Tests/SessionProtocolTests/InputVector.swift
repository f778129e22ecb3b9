import Foundation
import Testing

/// One golden vector of `Protocol/vectors`: bytes, and the values that they stand for or the error that they cause.
struct InputVector<Fields: Decodable & Sendable>: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  var section: String
  var hex: String
  var fields: Fields?
  var error: String?

  var testDescription: String { "\(self.name) (\(self.section))" }

  var bytes: [UInt8] {
    let digits = self.hex.compactMap(\.hexDigitValue)
    precondition(digits.count == self.hex.count && digits.count % 2 == 0, "a vector has two digits a byte")
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  /// Reads a file of vectors; the tests cannot run without it.
  static func all(_ file: String) -> [InputVector] {
    let package = URL(filePath: #filePath).appending(path: "../../..").standardized
    do {
      let contents = try Data(contentsOf: package.appending(path: "Protocol/vectors/\(file).json"))
      return try JSONDecoder().decode([InputVector].self, from: contents)
    } catch {
      fatalError("\(file): \(error)")
    }
  }
}
