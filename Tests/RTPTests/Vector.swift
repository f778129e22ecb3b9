import Foundation
import Testing

/// One golden vector of `Protocol/vectors`: bytes, and the values that they stand for or the error that they cause.
struct Vector<Fields: Decodable & Sendable>: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  var section: String
  var hex: String
  var fields: Fields?
  var error: String?

  var bytes: [UInt8] { [UInt8](hex: self.hex) }
  var testDescription: String { "\(self.name) (\(self.section))" }

  /// Reads a file of vectors; the tests cannot run without it.
  static func all(_ file: String) -> [Vector] {
    let package = URL(filePath: #filePath).appending(path: "../../..").standardized
    do {
      let contents = try Data(contentsOf: package.appending(path: "Protocol/vectors/\(file).json"))
      return try JSONDecoder().decode([Vector].self, from: contents)
    } catch {
      fatalError("\(file): \(error)")
    }
  }

  static func valid(_ file: String) -> [Vector] { Self.all(file).filter { $0.fields != nil } }
  static func invalid(_ file: String) -> [Vector] { Self.all(file).filter { $0.error != nil } }
}

extension [UInt8] {
  /// - Parameter hex: two digits a byte.
  init(hex: String) {
    let digits = hex.compactMap(\.hexDigitValue)
    precondition(digits.count == hex.count && digits.count % 2 == 0, "a vector has two hexadecimal digits a byte")
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  var hex: String {
    self.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

/// The name of an error's case, without its values.
func caseName(_ error: any Error) -> String {
  String("\(error)".prefix { $0 != "(" })
}
