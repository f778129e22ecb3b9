import ArgumentParser
import Foundation
import LoadTest

/// Holds a result against service levels.
struct LoadCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say which service levels a result meets.",
    discussion: """
      Takes what `martlet load --json` or `martlet load merge` wrote. \(ServiceLevels.help)

        martlet load check result.json --slo Samples/load/slo.yaml

      Exit status: 0 all are met, 1 one is missed, 65 a file's contents are wrong, 66 a file cannot be read.
      """
  )

  @Argument(help: ArgumentHelp("A result, - for standard input.", valueName: "file"))
  var result: String

  @Option(help: ArgumentHelp("The service levels.", valueName: "file"))
  var slo: String

  func run() throws {
    try self.reportingFailure {
      let levels = try ServiceLevels.reading(self.slo)
      let verdicts = levels.verdicts(on: try LoadResult.reading(self.result))
      for verdict in verdicts { Console.print(verdict.text) }
      guard verdicts.allSatisfy(\.isMet) else { throw ExitStatus.sessionFailed.code }
    }
  }
}

extension ServiceLevels {
  /// What a file of service levels holds.
  static let help = """
    Service levels are a YAML file, one limit a line: a number for each of \
    \(Figure.allCases.map(\.rawValue).joined(separator: ", ")); some of \
    \(Statistic.allCases.map(\.rawValue).joined(separator: ", ")) with a duration for each of \
    \(ServiceLevels.durations.joined(separator: ", ")), such as capture-to-complete: {p99: 30ms}.
    """

  static func reading(_ path: String) throws(CommandFailure) -> ServiceLevels {
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      data = try handle.read(upToCount: Self.maximumByteCount + 1) ?? Data()
    } catch {
      throw CommandFailure(.noInput, "\(path) cannot be read: \(error.localizedDescription)")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw CommandFailure(.badData, "\(path) is not UTF-8 text")
    }
    do {
      return try ServiceLevels(parsing: text)
    } catch {
      throw CommandFailure(.badData, "\(path): \(error)")
    }
  }
}
