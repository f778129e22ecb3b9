import ArgumentParser
import Foundation
import LoadTest

/// Puts results beside each other.
struct LoadCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Show results beside each other: a table, or a page of charts.",
    discussion: """
      Takes what `martlet load --json` or `martlet load merge` wrote. Changes are against the first; two runs of the same \
      thing differ a little, too, so compare more than one of each before you believe a small change.

        martlet load compare before.json after.json
        martlet load compare before.json after.json --html change.html
        martlet load compare all.json --html all.html
      """
  )

  @Argument(help: ArgumentHelp("1 to 8 results, - for standard input.", valueName: "file"))
  var files: [String]

  @Option(help: ArgumentHelp("Write a page of charts, one file that needs nothing else.", valueName: "file"))
  var html: String?

  func validate() throws {
    guard 1...LoadReport.maximumRunCount ~= self.files.count else {
      throw ValidationError("compare takes 1 to \(LoadReport.maximumRunCount) results.")
    }
  }

  func run() throws {
    try self.reportingFailure {
      let runs = try self.files.map { file in
        LoadReport.Run(name: Self.name(of: file), result: try LoadResult.reading(file))
      }
      let report = LoadReport(runs)
      Console.print(runs.count == 1 ? runs[0].result.text : report.text)
      if let html { try OutputFile.write(report.html, to: html) }
    }
  }

  private static func name(of file: String) -> String {
    file == "-" ? "standard input" : URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
  }
}

/// Files that a command leaves behind.
enum OutputFile {
  /// Puts `text` in place as a whole, so that nobody who reads the file finds half of it.
  static func write(_ text: String, to path: String) throws(CommandFailure) {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandFailure(.cannotCreate, "\(path) cannot be written: \(error.localizedDescription)")
    }
  }
}
