import ArgumentParser
import Foundation
import GameStage
import Handshake
import IndexAPI
import IndexClient
import MediaUnits
import PlayerAgent
import Presentation
import SessionProtocol
import SessionReport
import StreamPlayer
import Synchronization

/// A network in one go: an indexer, two hosts and a player.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Run an indexer, two hosts and a headless player on this machine, and leave a recording and a report.",
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
      let path = try self.game ?? Samples.path("freedoom/game.yaml")
      let script = try InputScript.load(self.input ?? Samples.path("input/freedoom-map01.txt"))
      let identity = try KeyFile.load(KeyFile.defaultDirectory + "/player.key")
      let stop = DemoStop()
      let signals = Signals { stop.request() }
      let network = try DemoNetwork(game: path, name: try GameFile(contentsOf: path).name)
      defer { network.stop() }
      Console.error("The indexer is at \(network.url). Two hosts register and get a stage ready.")
      var wish = GameWish(game: network.game, transportKey: identity.transport.publicKey.base64URL)
      wish.picture = "\(self.stream.size)"
      let status = StatusPrinter(isEnabled: true)
      let hosts = IndexedHosts(
        client: try IndexClient(indexers: [network.url], identity: identity),
        wish: wish,
        logger: logger,
        cache: nil,
        onProgress: { status.show($0) }
      )
      defer { hosts.end() }
      try network.waitUntilReady(hosts.client) { stop.isRequested }

      var configuration = PlayerConfiguration(source: hosts, identity: identity.transport)
      self.stream.apply(to: &configuration)
      configuration.recordingPath = "\(self.output)/recording.mp4"
      configuration.statisticsPath = "\(self.output)/frames.jsonl"
      configuration.keepsThumbnails = true
      configuration.duration = .nanoseconds(Int64(self.seconds * 1e9))
      configuration.inputScript = script
      let client = try PlayerClient(configuration, logger: logger)
      stop.stops(client)
      let outcome = try client.run { status.show($0) }
      status.clear()
      withExtendedLifetime(signals) {}
      if let error = outcome.error { throw CommandFailure(network: error) }
      if let session = hosts.agent.session {
        let json = try Blocking.run { try await hosts.client.decision(session: session) }
        Console.print(try MatchTable(json: json).text(names: network.names) + "\n")
      }

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

/// Ends the demonstration, whatever it is at.
final class DemoStop: Sendable {
  private let state = Mutex<(isRequested: Bool, client: PlayerClient?)>((false, nil))

  var isRequested: Bool { self.state.withLock { $0.isRequested } }

  func request() {
    self.state.withLock { state in
      state.isRequested = true
      state.client?.stop()
    }
  }

  /// A request also stops `client` from now on.
  func stops(_ client: PlayerClient) {
    self.state.withLock { state in
      state.client = client
      if state.isRequested { client.stop() }
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
