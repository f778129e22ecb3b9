import ArgumentParser
import Foundation
import LoadTest

/// Adds results up, as if one machine had run all the players.
struct LoadMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Add the results of several machines or runs up, without loss.",
    discussion: """
      Takes what `martlet load --json` printed. Percentiles are those of all samples together, not means of percentiles.

        martlet load merge east.json west.json -o all.json
      """
  )

  @Argument(help: ArgumentHelp("Results of `martlet load --json`, - for standard input.", valueName: "file"))
  var files: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where the result goes; standard output by default.", valueName: "file")
  )
  var output: String?

  func run() throws {
    try self.reportingFailure {
      var sum: LoadResult?
      for file in self.files {
        let result = try LoadResult.reading(file)
        do {
          try sum?.merge(result)
        } catch {
          throw CommandFailure(.badData, "\(file): \(error)")
        }
        sum = sum ?? result
      }
      guard let sum else { return }
      guard let output = self.output else { return Console.print(sum.json) }
      try OutputFile.write(sum.json + "\n", to: output)
      Console.error(sum.text)
    }
  }
}

extension LoadResult {
  /// Reads a result file; - is standard input.
  static func reading(_ path: String) throws(CommandFailure) -> LoadResult {
    let data: Data
    do {
      let handle = path == "-" ? .standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      var read = Data()
      // One byte more than a result may have, so that one that is too long is noticed.
      while read.count <= Self.maximumByteCount,
        let more = try handle.read(upToCount: Self.maximumByteCount + 1 - read.count), !more.isEmpty
      {
        read.append(more)
      }
      data = read
    } catch {
      throw CommandFailure(.noInput, "\(path) cannot be read: \(error.localizedDescription)")
    }
    do {
      return try LoadResult(parsing: data)
    } catch {
      throw CommandFailure(.badData, "\(path): \(error)")
    }
  }
}
