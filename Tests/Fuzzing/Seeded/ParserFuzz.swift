import ArgumentParser
import Foundation

/// Throws a fixed sequence of hostile inputs at every parser.
#if !LIBFUZZER
  @main
#endif
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
    let parsers = try Parser.all()
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
}
