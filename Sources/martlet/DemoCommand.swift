import ArgumentParser
import Foundation
import Handshake
import MediaUnits
import Presentation
import SessionProtocol
import SessionReport
import StreamHost
import StreamPlayer

/// A host and a player in one go.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Run a host and a headless player on this machine, and leave a recording and a latency report.",
    discussion: """
      The folder then holds recording.mp4, contact-sheet.png, report.html, report.json and frames.jsonl.
      """
  )

  @Option(help: ArgumentHelp("The folder for the results; made if missing.", valueName: "folder"))
  var output = "martlet-demo"

  @Option(help: ArgumentHelp("The game's file. Default: Freedoom, from Samples.", valueName: "file"))
  var game: String?

  @Option(
    help: ArgumentHelp("A script of input. Default: the first seconds of Freedoom's first map.", valueName: "file")
  )
  var input: String?

  @Option(help: ArgumentHelp("How long to play.", valueName: "seconds"))
  var seconds = 15.0

  @OptionGroup(title: "Stream") var stream: StreamOptions

  func run() throws {
    try self.reportingFailure {
      let logger = Console.logger(isVerbose: false)
      do {
        try FileManager.default.createDirectory(atPath: self.output, withIntermediateDirectories: true)
      } catch {
        throw CommandFailure(.cannotCreate, "cannot make the folder \(self.output): \(error.localizedDescription)")
      }
      let server = try HostStart.start(
        game: try self.game ?? Samples.path("freedoom/game.yaml"),
        listen: "127.0.0.1:0",
        seats: 1,
        encoder: nil,
        maximumBitrate: .megabits(50),
        key: KeyFile.defaultDirectory + "/host.key",
        logger: logger
      )
      defer { server.stop() }
      let host = server.address(advertised: nil)
      Console.print("\(host)")

      var configuration = PlayerConfiguration(
        host: host,
        identity: try KeyFile.load(KeyFile.defaultDirectory + "/player.key")
      )
      self.stream.apply(to: &configuration)
      configuration.recordingPath = "\(self.output)/recording.mp4"
      configuration.statisticsPath = "\(self.output)/frames.jsonl"
      configuration.keepsThumbnails = true
      configuration.duration = .nanoseconds(Int64(self.seconds * 1e9))
      configuration.inputScript = try InputScript.load(self.input ?? Samples.path("input/freedoom-map01.txt"))
      let client = try PlayerClient(configuration, logger: logger)
      let signals = Signals { client.stop() }
      let status = StatusPrinter(isEnabled: true)
      let outcome = try client.run { status.show($0) }
      status.clear()
      withExtendedLifetime(signals) {}

      try outcome.contactSheet?.write(to: "\(self.output)/contact-sheet.png")
      try Self.write(HTMLReport.render(outcome.summary), to: "\(self.output)/report.html")
      try Self.write(outcome.summary.json, to: "\(self.output)/report.json")
      Console.print(outcome.summary.text)
      Console.print(outcome.audio.text)
      Console.print(
        "Results are in \(self.output): recording.mp4, contact-sheet.png, report.html, report.json, frames.jsonl"
      )
      try outcome.end.throwIfFailed(host: outcome.summary.host)
    }
  }

  private static func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw CommandFailure(.cannotCreate, "cannot write \(path): \(error.localizedDescription)")
    }
  }
}

/// The sample games and scripts, found from where this program lies or was started.
enum Samples {
  /// - Throws: ``CommandFailure`` when the sample is nowhere.
  static func path(_ name: String) throws -> String {
    var directory = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    var candidates = [FileManager.default.currentDirectoryPath]
    while directory.path != "/" {
      directory.deleteLastPathComponent()
      candidates.append(directory.path)
    }
    for candidate in candidates {
      let path = "\(candidate)/Samples/\(name)"
      if FileManager.default.isReadableFile(atPath: path) { return path }
    }
    throw CommandFailure(.noInput, "cannot find Samples/\(name); start martlet in its checkout, or name files yourself")
  }
}
