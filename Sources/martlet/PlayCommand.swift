import ArgumentParser
import Foundation
import Handshake
import Identity
import Logging
import MediaUnits
import PlayerAgent
import Presentation
import SessionProtocol
import SessionReport
import StreamPlayer

/// Plays a game on a host.
struct PlayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play",
    abstract: "Play a game: see it, hear it and steer it.",
    discussion: """
      Name a game, and the indexer finds the nearest suitable host with a free seat, and another should that one be lost;
      or name a host by its address. `martlet games` lists the games. Ctrl+C leaves the queue, or the game.

      Pictures go to every output that is named; with none they are only received, decoded and measured (--headless).
      In a window, Ctrl+Alt+G takes or gives back the pointer and F11 switches full screen; in a terminal, Ctrl+] quits.

      The stream can change while the game goes on. In a window, Ctrl+Alt+PageDown and PageUp ask for a smaller and a larger
      picture (never larger than --size), Ctrl+Alt+R for half the frame rate and back, Ctrl+Alt+C for the other codec. Or
      plan it: --change-after 5=640x360@30 --change-after 10=hevc. A recording goes on in another file where picture or
      codec change (name.mkv, name-2.mkv); raw pictures are scaled to the first size.

      Input scripts (--input):

      \(InputScript.documentation)
      """
  )

  @Argument(
    help: ArgumentHelp(
      "A game of the network, or the address that `martlet host` prints, martlet://HOST:PORT#KEY.",
      valueName: "game|address"
    ),
    completion: Completions.games
  )
  var target: String

  @OptionGroup(title: "Network") var network: IndexerOptions

  @OptionGroup(title: "Network") var wishes: WishOptions

  @OptionGroup(title: "Stream") var stream: StreamOptions

  @Option(
    help: ArgumentHelp(
      "h264, or hevc, which takes less of the network and more of both machines; H.264 where the host cannot do it.",
      valueName: "codec"
    )
  )
  var codec = VideoCodec.h264

  @Flag(help: ArgumentHelp("Show the game in an X11 window and take keyboard and pointer from it."))
  var window = false

  @Flag(help: "Show the game in this terminal (kitty graphics, sixel or half blocks) and take keys from it.")
  var terminal = false

  @Flag(help: "Show nothing: receive, decode and measure.")
  var headless = false

  @Option(help: ArgumentHelp("Record picture and sound as they come, to .mp4 or .mkv.", valueName: "file"))
  var record: String?

  @Option(help: ArgumentHelp("Write raw pictures to a file, or to standard output for \"-\".", valueName: "file"))
  var raw: String?

  @Option(help: ArgumentHelp("What --raw writes: \(RawVideoWriter.Format.names).", valueName: "format"))
  var rawFormat = RawVideoWriter.Format.y4m

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Write every Nth picture to a folder as PNG.", valueName: "N folder")
  )
  var snapshotEvery: [String] = []

  @Option(
    help: ArgumentHelp(
      "Sound: pulse, none, or a .wav file. Default: pulse in a window or terminal, else none.",
      valueName: "where"
    )
  )
  var sound: String?

  @Option(help: ArgumentHelp("Play a script of input; its time starts with the first picture.", valueName: "file"))
  var input: String?

  @Option(
    help: ArgumentHelp(
      "Ask for another stream this long after the first picture; may be repeated. What: \(StreamChange.documentation).",
      valueName: "seconds=what"
    )
  )
  var changeAfter: [PlannedChange] = []

  @Option(help: ArgumentHelp("Stop this long after the first picture.", valueName: "seconds"))
  var seconds: Double?

  @Option(help: ArgumentHelp("Write a line of JSON a frame, input event and second.", valueName: "file"))
  var stats: String?

  @Option(
    help: ArgumentHelp("Log what the latency stage's strip says in each picture, as lines of JSON.", valueName: "file")
  )
  var strip: String?

  @Option(help: ArgumentHelp("Append the SRTP master keys: whoever has them can read the session.", valueName: "file"))
  var keylog: String?

  @Option(help: ArgumentHelp("The player's key; made on first use.", valueName: "file"))
  var key = KeyFile.defaultDirectory + "/player.key"

  @Flag(help: "Print the summary as one JSON object on standard output.")
  var json = false

  @Flag(name: .shortAndLong, help: "Say nothing but errors and the summary.")
  var quiet = false

  func validate() throws {
    guard self.snapshotEvery.isEmpty || self.snapshotEvery.count == 2,
      (self.snapshotEvery.first.map { Int($0) ?? 0 } ?? 1) >= 1
    else { throw ValidationError("--snapshot-every takes a number of at least 1 and a folder.") }
    guard !(self.headless && (self.window || self.terminal)) else {
      throw ValidationError("--headless shows nothing: leave out --window and --terminal.")
    }
    if let seconds, !(seconds > 0 && seconds <= 1e9) { throw ValidationError("--seconds must be above 0.") }
    if self.raw == "-", self.json || self.terminal {
      throw ValidationError("standard output cannot carry both raw pictures and something else.")
    }
  }

  func run() throws {
    try self.reportingFailure {
      var logger = Console.logger(isVerbose: false)
      if self.quiet { logger.logLevel = .error }
      let status = StatusPrinter(isEnabled: !self.quiet && !self.terminal)
      let identity = try KeyFile.load(self.key)
      let hosts = self.isAddress ? nil : try self.indexedHosts(identity, status: status, logger: logger)
      defer { hosts?.end() }
      let client = try PlayerClient(
        try self.playerConfiguration(try hosts ?? self.namedHost(), identity: identity),
        logger: logger
      )
      let signals = Signals { client.stop() }
      let outcome: PlayerClient.Outcome
      do {
        outcome = try client.run { status.show($0) }
      } catch let error as OutputUnavailable {
        throw error
      } catch {
        throw CommandFailure(.ioError, "\(error)")
      }
      status.clear()
      withExtendedLifetime(signals) {}
      if self.json {
        Console.print(outcome.summary.json)
      } else if outcome.summary.framesDecoded > 0 {
        Console.error(outcome.summary.text)
      }
      if let error = outcome.error, hosts != nil { throw CommandFailure(network: error) }
      try outcome.end.throwIfFailed(host: outcome.summary.host)
    }
  }

  /// Whether a host is named, rather than a game.
  private var isAddress: Bool { self.target.contains("://") }

  private func namedHost() throws -> NamedHost {
    do {
      return NamedHost(HostOffer(address: try HostAddress(parsing: self.target)))
    } catch {
      throw CommandFailure(.badData, "\(self.target): \(error)")
    }
  }

  private func indexedHosts(_ identity: IdentityKey, status: StatusPrinter, logger: Logger) throws -> IndexedHosts {
    var wish = GameWish(game: self.target, transportKey: identity.transport.publicKey.base64URL)
    wish.picture = "\(self.stream.size)"
    self.wishes.apply(to: &wish)
    return IndexedHosts(
      client: try self.network.client(identity: identity),
      wish: wish,
      logger: logger,
      cache: self.wishes.forgetful
        ? nil : LandmarkCache(path: LandmarkCache.defaultPath, indexers: self.network.addresses),
      onProgress: { status.show($0) }
    )
  }

  private func playerConfiguration(_ source: any HostSource, identity: IdentityKey) throws -> PlayerConfiguration {
    var configuration = PlayerConfiguration(source: source, identity: identity.transport)
    self.stream.apply(to: &configuration)
    if self.window { configuration.videoOutputs.append(.window(title: "Martlet")) }
    if self.terminal { configuration.videoOutputs.append(.terminal) }
    if let raw { configuration.videoOutputs.append(.raw(path: raw, format: self.rawFormat)) }
    if let count = self.snapshotEvery.first.flatMap({ Int($0) }), let directory = self.snapshotEvery.last {
      configuration.videoOutputs.append(.snapshots(directory: directory, interval: count))
    }
    if let strip { configuration.videoOutputs.append(.strip(path: strip)) }
    switch self.sound ?? (self.window || self.terminal ? "pulse" : "none") {
    case "none": configuration.audioOutput = .none
    case "pulse": configuration.audioOutput = .pulseAudio
    case let path: configuration.audioOutput = .wav(path: path)
    }
    configuration.recordingPath = self.record
    configuration.statisticsPath = self.stats
    configuration.keyLogPath = self.keylog
    configuration.duration = self.seconds.map { .nanoseconds(Int64($0 * 1e9)) }
    configuration.codec = self.codec
    configuration.plannedChanges = self.changeAfter
    configuration.inputScript = try self.input.map(InputScript.load)
    return configuration
  }
}

extension RawVideoWriter.Format {
  /// Every format's name, for people.
  static var names: String { Self.allCases.map(\.rawValue).joined(separator: ", ") }
}

extension InputScript {
  /// Reads a script from a file.
  ///
  /// - Throws: ``CommandFailure`` that names the file, and the line where it is wrong.
  static func load(_ path: String) throws -> InputScript {
    guard let file = FileHandle(forReadingAtPath: path),
      let bytes = try? file.read(upToCount: InputScript.maximumByteCount + 1)
    else { throw CommandFailure(.noInput, "cannot read the input script \(path)") }
    do {
      return try InputScript(parsing: Array(bytes))
    } catch {
      throw CommandFailure(.badData, "\(path): \(error)")
    }
  }
}

extension PlayerEnd {
  /// Turns an end that nobody wanted into a line for people and an exit status.
  func throwIfFailed(host: String) throws {
    switch self {
    case .finished: return
    case .closedByHost(let reason):
      throw CommandFailure(.sessionFailed, "the host ended the session\(reason.map { ": \($0)" } ?? "")")
    case .hostLost:
      throw CommandFailure(.unavailable, "the host at \(host) fell silent and did not come back; check your network")
    case .unreachable:
      guard !host.isEmpty else { throw CommandFailure(.unavailable, "none of the hosts that were tried answers") }
      throw CommandFailure(
        .unavailable,
        "no host answers at \(host); check the address, that the host runs, and that UDP gets through"
      )
    case .wrongHostKey:
      throw CommandFailure(
        .wrongKey,
        "the host at \(host) does not have the key that the address names; ask its owner for the current address"
      )
    case .noHost(let text): throw CommandFailure(.unavailable, text)
    case .refused(let refusal):
      let status: ExitStatus = refusal.code == .noFreeSeat ? .noFreeSeat : .refused
      throw CommandFailure(status, "the host at \(host) declined: \(refusal.text)")
    case .failed(let text): throw CommandFailure(.ioError, text)
    }
  }
}
