import ArgumentParser
import Foundation
import SessionTrace

/// Looks at what `martlet host --trace` wrote.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Look at what a host decided about a session's rate, and why.",
    discussion: """
      `martlet host --trace` writes a file for each session: every picture that was sent or left out, what the path was \
      taken to carry, what came back, what was lost and repaired.

        martlet host --game Samples/freedoom/game.yaml --trace session.jsonl
        martlet trace show session.jsonl
        martlet trace plot session.jsonl -o session.html

      The file has a line of JSON for each record; Protocol/trace.md describes them.
      """,
    subcommands: [TracePlotCommand.self, TraceShowCommand.self]
  )
}

/// Which part of which file.
struct TraceInput: ParsableArguments {
  @Argument(help: ArgumentHelp("What `martlet host --trace` wrote; - for standard input.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("Leave out what was before, counted from the session's start.", valueName: "seconds"))
  var from = 0.0

  @Option(help: ArgumentHelp("Leave out what was after.", valueName: "seconds"))
  var to: Double?

  func validate() throws {
    guard 0...1e9 ~= self.from, 0...1e9 ~= self.to ?? 0 else { throw ValidationError("--from and --to are seconds.") }
    guard self.from <= self.to ?? 1e9 else { throw ValidationError("--to must not be before --from.") }
  }

  func read() throws(CommandFailure) -> TraceRecording {
    var reader = TraceReader(window: .seconds(self.from) ... .seconds(self.to ?? 1e9))
    do {
      let handle = self.file == "-" ? .standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: self.file))
      while let piece = try handle.read(upToCount: 1 << 18), !piece.isEmpty { try reader.read(Array(piece)) }
      return try reader.finish()
    } catch let error as TraceError {
      throw CommandFailure(.badData, "\(self.file) is no trace: \(error)")
    } catch {
      throw CommandFailure(.noInput, "\(self.file) cannot be read: \(error.localizedDescription)")
    }
  }
}

/// Makes a page of charts.
struct TracePlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Make a page of charts, as one HTML file that needs nothing else.",
    discussion: """
        martlet trace plot session.jsonl
        martlet trace plot session.jsonl --from 60 --to 90 -o minute.html

      The page has bit rate and capacity, bytes under way and budgets, delays, sizes of frames, losses and repairs, and \
      the pictures that were left out, all over one time.

      Exit status: 0 all went well, 64 usage, 65 the file is no trace, 66 it cannot be read, 73 the page cannot be written.
      """
  )

  @OptionGroup var input: TraceInput

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The page; - for standard output; by default FILE with .html for its ending.", valueName: "file")
  )
  var output: String?

  @Flag(help: "Print the summary as JSON too; not together with a page on standard output.")
  var json = false

  private var printsPage: Bool { self.output == "-" || (self.output == nil && self.input.file == "-") }

  func validate() throws {
    guard !self.json || !self.printsPage else { throw ValidationError("--json needs a file for the page: -o FILE.") }
  }

  func run() throws {
    try self.reportingFailure {
      let recording = try self.input.read()
      let page = TracePage.render(recording)
      if self.printsPage {
        Console.print(page)
      } else {
        let path = self.output ?? Self.pagePath(of: self.input.file)
        do {
          try Data(page.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
          throw CommandFailure(.cannotCreate, "\(path) cannot be written: \(error.localizedDescription)")
        }
        Console.error("wrote \(path)")
      }
      if self.json { Console.print(TraceSummary(recording).json) }
    }
  }

  /// `path` with `.html` for its ending.
  static func pagePath(of path: String) -> String {
    let url = URL(fileURLWithPath: path)
    guard ["jsonl", "json", "trace", "txt"].contains(url.pathExtension) else { return path + ".html" }
    return String(path.dropLast(url.pathExtension.count + 1)) + ".html"
  }
}

/// Says what a trace comes to.
struct TraceShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Say what a session came to, in text or JSON.",
    discussion: """
        martlet trace show session.jsonl
        martlet trace show session.jsonl --from 60 --to 90 --json

      Exit status: 0 all went well, 64 usage, 65 the file is no trace, 66 it cannot be read.
      """
  )

  @OptionGroup var input: TraceInput

  @Flag(help: "Print it as JSON.")
  var json = false

  func run() throws {
    try self.reportingFailure {
      let summary = TraceSummary(try self.input.read())
      Console.print(self.json ? summary.json : summary.text)
    }
  }
}

extension TraceSummary {
  /// The summary as one JSON object.
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    guard let data = try? encoder.encode(self) else { preconditionFailure("a summary can always be encoded") }
    return String(decoding: data, as: UTF8.self)
  }
}
