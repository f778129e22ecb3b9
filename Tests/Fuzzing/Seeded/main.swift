import ArgumentParser
import Foundation

/// Throws a fixed sequence of hostile inputs at every parser.
struct ParserFuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parser-fuzz",
    abstract: "Throw the same hostile inputs at every parser, every time.",
    discussion: "Exits 0 when every parser took every input. A trap ends it; the last line names parser and seed."
  )

  @Option(help: "Inputs for each parser.")
  var runs = 1_000_000

  @Option(help: "The sequence's seed.")
  var seed: UInt64 = 1

  @Flag(help: "Name the parsers, one a line, and stop.")
  var list = false

  @Argument(help: "Parsers; all if none is named.")
  var names: [String] = []

  func run() throws {
    let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized
    let parsers = Parser.all(
      vectors: { Self.vectors($0, root: root) },
      gameFile: Array(try Data(contentsOf: root.appendingPathComponent("Samples/freedoom/game.yaml"))),
      script: Array("0 key w press\n0.4 button left tap\n+0.1 position 0.5 0.25\n1 text \"hi\"\n".utf8)
    )
    if self.list {
      for parser in parsers { print(parser.name) }
      return
    }
    for parser in parsers where self.names.isEmpty || self.names.contains(parser.name) {
      // Written at once, since a trap takes what is buffered with it.
      FileHandle.standardOutput.write(Data("\(parser.name): \(self.runs) inputs, seed \(self.seed) …\n".utf8))
      let start = Date()
      var mutator = Mutator(seed: self.seed, valid: parser.valid, longest: parser.longest)
      var bytes: [UInt8] = []
      var accepted = 0
      for _ in 0..<self.runs {
        mutator.next(into: &bytes)
        if parser.parse(bytes) { accepted += 1 }
      }
      let seconds = (Date().timeIntervalSince(start) * 10).rounded() / 10
      let result = "\(parser.name): took them all, accepted \(accepted), \(seconds) s\n"
      FileHandle.standardOutput.write(Data(result.utf8))
    }
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

ParserFuzz.main()
