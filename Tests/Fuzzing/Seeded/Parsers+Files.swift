import Foundation

extension Parser {
  /// Every parser; what they accept comes from this repository's vectors and samples.
  static func all() throws -> [Parser] {
    let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized
    return Self.all(
      vectors: { Self.vectors($0, root: root) },
      gameFile: Array(try Data(contentsOf: root.appendingPathComponent("Samples/freedoom/game.yaml"))),
      script: Array("0 key w press\n0.4 button left tap\n+0.1 position 0.5 0.25\n1 text \"hi\"\n".utf8)
    )
  }

  /// The bytes of every vector in a file under Protocol/vectors.
  private static func vectors(_ name: String, root: URL) -> [[UInt8]] {
    struct Vector: Decodable {
      var hex: String
    }
    let url = root.appendingPathComponent("Protocol/vectors/\(name).json")
    guard let data = try? Data(contentsOf: url), let vectors = try? JSONDecoder().decode([Vector].self, from: data)
    else {
      preconditionFailure("\(url.path) must hold vectors")
    }
    return vectors.map { vector in
      let digits = vector.hex.filter { !$0.isWhitespace }
      return stride(from: 0, to: digits.count - 1, by: 2).compactMap { offset in
        let start = digits.index(digits.startIndex, offsetBy: offset)
        return UInt8(digits[start...digits.index(after: start)], radix: 16)
      }
    }
  }
}
