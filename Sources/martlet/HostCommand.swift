import ArgumentParser
import DatagramIO
import Dispatch
import FFmpegCodec
import Foundation
import GameStage
import Handshake
import Logging
import Identity
import IndexAPI
import MediaUnits
import SessionProtocol
import StreamHost
import Synchronization

/// Offers one game to players.
struct HostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "host",
    abstract: "Run a game for players and stream it to them.",
    discussion: """
      The first line on standard output is the address that players connect to; the log goes to standard error.
      Every player gets a display, a sound server and a game of their own, which end with the session.

      With --indexer, players need not know the address: they ask an indexer for the game, and come with a ticket. The \
      host then keeps a game running for the next player, and tells the indexer how it is every few seconds:

        martlet host --game Samples/freedoom/game.yaml --indexer https://index.example:8443 --advertise my.host.example

      UDP datagrams to the port of --listen must reach this machine. SIGTERM and SIGINT end the sessions and leave the \
      network.
      """
  )

  @Option(help: ArgumentHelp("The game's file; Samples/freedoom/game.yaml explains every field.", valueName: "file"))
  var game: String?

  @Flag(
    help: """
      In place of a game: pictures that are encoded once and sent again and again, without sound, to find out how many \
      players the network side of a host holds; see `martlet load`. They are there at 1, 2.5, 5, 10, 20 and 40 Mbit/s; a \
      session begins with as much as its player asks for, goes over to what its path carries, each time with a key frame, \
      and leaves frames out that do not fit.
      """
  )
  var synthetic = false

  @Option(
    help: ArgumentHelp("With --synthetic: the one picture size that there is.", valueName: "WxH"),
    transform: PictureSize.written
  )
  var syntheticSize = PictureSize(width: 1280, height: 720)

  @Option(help: ArgumentHelp("With --synthetic: frames per second, 1 to 240.", valueName: "fps"))
  var syntheticRate = 60

  @Option(help: ArgumentHelp("Where to listen for players.", valueName: "address:port"), transform: ListenAddress.init)
  var listen = ListenAddress(host: "0.0.0.0", port: 7777)

  @Option(help: ArgumentHelp("The name or address that players reach this host by; guessed if not given."))
  var advertise: String?

  @Option(help: "Players served at once.")
  var seats = 1

  @Option(help: ArgumentHelp("Use this encoder or refuse to start: \(EncoderKind.names).", valueName: "name"))
  var encoder: String?

  @Flag(
    name: .customLong("intra-refresh"),
    help: """
      Draw every session's picture anew all the time, a strip in each frame, so that losses need no key frame; without,
      this is done for players who ask for it. H.264 with libx264; the log says where an encoder cannot do it.
      """
  )
  var hasIntraRefresh = false

  @Option(help: ArgumentHelp("Most that one player's picture may take, in Mbit/s.", valueName: "Mbit/s"))
  var maximumBitrate = 50.0

  @Option(help: ArgumentHelp("The host's key; made on first use.", valueName: "file"))
  var key = KeyFile.defaultDirectory + "/host.key"

  @Option(
    help: ArgumentHelp(
      "Write down every decision about each session's rate; see `martlet trace --help`.",
      discussion: "A file, which gets a number for each session after the first; or a directory for files of all.",
      valueName: "file|directory"
    )
  )
  var trace: String?

  @OptionGroup(title: "Network") var network: HostNetworkOptions

  @Flag(name: .shortAndLong, help: "Log more.")
  var verbose = false

  func validate() throws {
    guard (self.game != nil) != self.synthetic else { throw ValidationError("Give --game or --synthetic.") }
    guard !(self.synthetic && self.hasIntraRefresh) else {
      throw ValidationError("--intra-refresh goes with --game: synthetic pictures are encoded once.")
    }
    guard 1...240 ~= self.syntheticRate else { throw ValidationError("--synthetic-rate must be 1 to 240.") }
    let most = self.synthetic ? 1000 : 64
    guard 1...most ~= self.seats else { throw ValidationError("--seats must be 1 to \(most).") }
    guard 0.1...500 ~= self.maximumBitrate else { throw ValidationError("--maximum-bitrate must be 0.1 to 500.") }
    if let encoder = self.encoder, EncoderKind(rawValue: encoder)?.codec != .h264 {
      throw ValidationError("--encoder must be one of \(EncoderKind.names).")
    }
  }

  func run() throws {
    try self.reportingFailure {
      let logger = Console.logger(isVerbose: self.verbose)
      let synthetic =
        self.synthetic ? SyntheticPicture(size: self.syntheticSize, frameRate: self.syntheticRate) : nil
      let game = try synthetic.map(GameFile.init(synthetic:)) ?? HostStart.game(self.game ?? "")
      let identity = try KeyFile.load(self.key)
      // Before anything else runs, which would spoil what is measured.
      let capability =
        self.network.indexer.isEmpty
        ? nil
        : HostBenchmark.capability(
          of: self.encoder.flatMap(EncoderKind.init(rawValue:)).map { [$0] } ?? EncoderKind.all(of: .h264),
          build: Martlet.configuration.version,
          isForced: self.network.rebenchmark
        ) { logger.info("\($0)") }
      let server = try HostStart.start(
        game: game,
        synthetic: synthetic,
        listen: self.listen,
        seats: self.seats,
        encoder: self.encoder,
        hasIntraRefresh: self.hasIntraRefresh,
        maximumBitrate: .megabits(self.maximumBitrate),
        key: self.key,
        admission: capability == nil
          ? .open : .tickets(host: identity.publicKey.hostID, allowsDirect: self.network.direct),
        warmStages: self.network.warmStages(seats: self.seats),
        trace: self.trace,
        logger: logger
      )
      let address = server.address(advertised: self.advertise)
      Console.print("\(address)")
      let done = DispatchSemaphore(value: 0)
      let failure = Mutex<CommandFailure?>(nil)
      server.onFailure { reason in
        failure.withLock { $0 = CommandFailure(.ioError, "the host's network failed: \(reason)") }
        done.signal()
      }
      let signals = Signals { done.signal() }
      defer { server.stop() }
      let network = try capability.map { capability in
        try HostNetwork(
          self.network,
          server: server,
          game: game,
          address: address,
          seats: self.seats,
          capability: capability,
          identity: identity,
          logger: logger
        ) { error in
          failure.withLock { $0 = CommandFailure(network: error) }
          done.signal()
        }
      }
      done.wait()
      logger.info("stopping")
      server.stop()
      network?.leave()
      withExtendedLifetime(signals) {}
      if let failure = failure.withLock({ $0 }) { throw failure }
    }
  }
}

/// Starts a host from what a person wrote, explaining what keeps it from starting.
enum HostStart {
  static func start(
    game: GameFile,
    synthetic: SyntheticPicture? = nil,
    listen: ListenAddress,
    seats: Int,
    encoder: String?,
    hasIntraRefresh: Bool = false,
    maximumBitrate: Bitrate,
    key: String,
    admission: HostAdmission = .open,
    warmStages: Int = 0,
    trace: String? = nil,
    logger: Logger
  ) throws -> HostServer {
    if synthetic == nil {
      do {
        try Stage.checkPrograms()
      } catch {
        throw CommandFailure(.unavailable, "\(error)")
      }
    }
    let picture = game.picture
    let selection: EncoderSelection
    do {
      selection = try EncoderSelection.choose(
        named: encoder.flatMap(EncoderKind.init(rawValue:)),
        size: picture.defaultSize,
        frameRate: picture.defaultRate,
        bitrate: min(.megabits(10), maximumBitrate)
      )
    } catch {
      throw CommandFailure(.unavailable, "no encoder can run here: \(error)")
    }
    for refusal in selection.refusals { logger.info("encoder \(refusal)") }
    logger.info("encoder \(selection.kind.rawValue): proven by encoding and decoding a frame")
    let identity = try KeyFile.load(key).transport
    do {
      var configuration = HostConfiguration(
        game: game,
        listenAddress: try listen.resolved(),
        identity: identity,
        seats: seats,
        encoder: selection.kind,
        maximumBitrate: maximumBitrate
      )
      configuration.admission = admission
      configuration.warmStages = warmStages
      if let synthetic {
        let clip = try SyntheticClip(synthetic, maximumBitrate: maximumBitrate, encoder: selection.kind)
        logger.info("synthetic pictures: \(clip.summary)")
        configuration.synthetic = clip
      }
      if synthetic == nil {
        configuration.intraRefresh = Self.intraRefresh(of: selection.kind, isAlways: hasIntraRefresh, logger: logger)
      }
      configuration.trace = try trace.map { path in
        try TraceDestination(path: path, software: Martlet.configuration.version)
      }
      let server = try HostServer.start(configuration, logger: logger)
      logger.info("\(game.title): \(seats) seat\(seats == 1 ? "" : "s") at \(server.localAddress)")
      return server
    } catch let error as TraceDestination.Unusable {
      throw CommandFailure(.cannotCreate, "\(error); choose another place with --trace")
    } catch let error as SocketError {
      throw CommandFailure(.ioError, "cannot listen on \(listen): \(error); choose another with --listen")
    }
  }

  /// Finds out by trying whether an encoder draws pictures anew part by part, and says so where it matters.
  private static func intraRefresh(
    of kind: EncoderKind,
    isAlways: Bool,
    logger: Logger
  ) -> HostConfiguration.IntraRefresh {
    guard let fault = IntraRefreshProof.fault(of: kind) else {
      logger.info("intra refresh: \(isAlways ? "for every player" : "for players who ask for it")")
      return isAlways ? .always : .onWish
    }
    logger.log(
      level: isAlways ? .warning : .info,
      "no intra refresh, key frames mend what is lost: \(kind.rawValue): \(fault)"
    )
    return .none
  }

  /// Reads a game file.
  static func game(_ path: String) throws -> GameFile {
    do {
      return try GameFile(contentsOf: path)
    } catch {
      let isUnreadable = !FileManager.default.isReadableFile(atPath: path)
      throw CommandFailure(isUnreadable ? .noInput : .badData, "\(error)")
    }
  }
}

extension EncoderKind {
  /// The name of every encoder that a session can begin with, for people.
  static var names: String { Self.all(of: .h264).map(\.rawValue).joined(separator: ", ") }
}

extension HostServer {
  /// The address to hand to players.
  ///
  /// - Parameter advertised: the host's name as its owner gave it; otherwise the address that it listens on, or this
  ///   machine's name when it listens on all of them.
  func address(advertised: String?) -> HostAddress {
    let local = self.localAddress
    let host = advertised ?? (local.isAny ? ProcessInfo.processInfo.hostName : local.host)
    guard let address = HostAddress(host: host, port: local.port, key: self.publicKey) else {
      preconditionFailure("an address that could be bound can be written")
    }
    return address
  }
}
