import ArgumentParser
import DatagramIO
import Glibc
import LoadTest
import MediaUnits
import SessionProtocol
import SessionReport

/// Puts players on a host and measures what they get.
struct LoadRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Put many players on a host and measure what they get; `run` may be left out.",
    discussion: """
      The players receive, repair and measure, and decode nothing unless --decode says so. Each starts when it is due, \
      whether or not the ones before it have been served. A frame that never came counts with the time until the next \
      that could be shown.

        martlet load 'martlet://HOST:7777#KEY' --players 5 --ramp 10 --duration 60
        martlet load 'martlet://HOST:7777#KEY' --players 50 --json > result.json
        martlet load 'martlet://HOST:7777#KEY' --players 50 --html report.html --prometheus load.prom
        martlet load freedoom --indexer https://index.example --players 20 --input script.txt --link wifi
        martlet load 'martlet://HOST:7777#KEY' --players 4 --decode full --link wifi --link cellular,rate=8M

      The opinion is that of ITU-T G.1072 for a fast game, from 1.3 to 4.64; the model holds for \(Opinion.validity).

      `martlet host --synthetic --seats 50` is a host whose pictures cost nothing, to find out what the network side \
      holds. A progress line stands on standard error where that is a terminal.

      Exit status: 1 if a player saw no picture; with --slo, 1 if one of the service levels is missed, else 0.
      """
  )

  @Argument(
    help: ArgumentHelp("The address that `martlet host` prints, or a game with --indexer.", valueName: "target")
  )
  var target: String

  @OptionGroup(title: "Players") var players: LoadPlayerOptions

  @OptionGroup(title: "Stream") var stream: StreamOptions

  @OptionGroup(title: "With an indexer") var network: IndexerOptions

  @OptionGroup(title: "With an indexer") var wishes: WishOptions

  @Flag(help: "Print the result as one JSON object on standard output.")
  var json = false

  @Option(help: ArgumentHelp("Write a page of charts, one file that needs nothing else.", valueName: "file"))
  var html: String?

  @Option(
    help: ArgumentHelp("Write the result for Prometheus, as its textfile collector reads it.", valueName: "file")
  )
  var prometheus: String?

  @Option(
    help: ArgumentHelp(
      "Service levels, which decide the exit status; `martlet load check --help` says what they are.",
      valueName: "file"
    )
  )
  var slo: String?

  @Flag(name: .shortAndLong, help: "No progress line.")
  var quiet = false

  func run() throws {
    try self.reportingFailure {
      // Read before the run, so that a mistake in it does not cost the run.
      let levels = try self.slo.map { path throws(CommandFailure) in try ServiceLevels.reading(path) }
      let result = try self.measure()
      if self.json { Console.print(result.json) } else { Console.print(result.text) }
      if let html { try OutputFile.write(LoadReport([.init(name: "this run", result: result)]).html, to: html) }
      if let prometheus { try OutputFile.write(result.prometheus, to: prometheus) }
      if let levels {
        let verdicts = levels.verdicts(on: result)
        for verdict in verdicts {
          // Standard output is the JSON's alone.
          if self.json { Console.error(verdict.text) } else { Console.print(verdict.text) }
        }
        guard verdicts.allSatisfy(\.isMet) else { throw ExitStatus.sessionFailed.code }
        return
      }
      if result.playersWithPicture < result.players { throw ExitStatus.sessionFailed.code }
    }
  }

  private func measure() throws -> LoadResult {
    let seats = try self.seats()
    defer { seats?.end() }
    var configuration = LoadConfiguration(
      target: try seats.map { .seats($0) } ?? .host(self.address()),
      players: self.players.players,
      terms: StreamTerms(
        picture: self.stream.size,
        frameRate: self.stream.rate,
        maximumBitrate: .megabits(self.stream.bitrate),
        audioPacketDuration: .milliseconds(self.stream.audioPacket),
        hasIntraRefresh: self.stream.hasIntraRefresh
      ),
      duration: .nanoseconds(Int64(self.players.duration * 1e9))
    )
    try self.players.apply(to: &configuration)
    let line = StatusLine(descriptor: STDERR_FILENO)
    let showsProgress = !self.quiet && isatty(STDERR_FILENO) == 1
    if showsProgress { configuration.onProgress = { line.show(text: $0.text(width: Self.terminalWidth)) } }
    do {
      let load = try LoadTest(configuration)
      let signals = Signals { load.stop() }
      let result = try load.run()
      withExtendedLifetime(signals) {}
      if showsProgress { line.clear() }
      return result
    } catch {
      throw CommandFailure(.ioError, "\(error)")
    }
  }

  private static var terminalWidth: Int {
    var size = winsize()
    let hasSize = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return hasSize ? Int(size.ws_col) - 1 : 79
  }

  /// `nil` where a host is named, rather than a game.
  private func seats() throws -> IndexedSeats? {
    guard !self.target.contains("://") else { return nil }
    guard !self.network.addresses.isEmpty else {
      throw CommandFailure(
        .badData,
        "\(self.target) is neither a host's address, martlet://HOST:PORT#KEY, nor a game with --indexer"
      )
    }
    return IndexedSeats(
      game: self.target,
      picture: "\(self.stream.size)",
      network: self.network,
      wishes: self.wishes,
      logger: Console.logger(isVerbose: false)
    )
  }

  private func address() throws -> HostAddress {
    do {
      return try HostAddress(parsing: self.target)
    } catch {
      throw CommandFailure(.badData, "\(self.target): \(error)")
    }
  }
}
