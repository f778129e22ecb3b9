public import ArgumentParser
import DatagramIO
public import LoadTest
import MediaUnits
import SessionProtocol

extension Arrivals: ExpressibleByArgument {}

/// Puts players on a host and measures what they get.
struct LoadRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Put many players on a host and measure what they get; `run` may be left out.",
    discussion: """
      The players receive, repair and measure, and decode nothing. Each starts when it is due, whether or not the ones \
      before it have been served. A frame that never came counts with the time until the next that could be shown.

        martlet load 'martlet://HOST:7777#KEY' --players 5 --ramp 10 --duration 60
        martlet load 'martlet://HOST:7777#KEY' --players 50 --json > result.json

      Exit status: 1 if a player saw no picture; with --slo, 1 if one of the service levels is missed, else 0.
      """
  )

  @Argument(help: ArgumentHelp("The address that `martlet host` prints.", valueName: "address"))
  var target: String

  @Option(help: "Players, 1 to 1000.")
  var players = 1

  @Option(
    help: ArgumentHelp(
      "How players come: \(Arrivals.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "process"
    )
  )
  var arrivals = Arrivals.uniform

  @Option(help: ArgumentHelp("The time over which they come.", valueName: "seconds"))
  var ramp = 0.0

  @Option(help: ArgumentHelp("How long the run takes.", valueName: "seconds"))
  var duration = 30.0

  @Option(help: "The same seed gives the same arrivals.")
  var seed: UInt64 = 1

  @OptionGroup(title: "Stream") var stream: StreamOptions

  @Flag(help: "Print the result as one JSON object on standard output.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Service levels, which decide the exit status; `martlet load check --help` says what they are.",
      valueName: "file"
    )
  )
  var slo: String?

  func validate() throws {
    guard 1...1000 ~= self.players else { throw ValidationError("--players must be 1 to 1000.") }
    guard self.duration > 0, self.duration <= 86_400 else {
      throw ValidationError("--duration must be above 0, to 86400.")
    }
    guard 0...self.duration ~= self.ramp else { throw ValidationError("--ramp must be 0 to --duration.") }
  }

  func run() throws {
    try self.reportingFailure {
      var configuration = LoadConfiguration(
        host: try self.address(),
        players: self.players,
        terms: StreamTerms(
          picture: self.stream.size,
          frameRate: self.stream.rate,
          maximumBitrate: .megabits(self.stream.bitrate),
          audioPacketDuration: .milliseconds(self.stream.audioPacket)
        ),
        duration: .nanoseconds(Int64(self.duration * 1e9))
      )
      configuration.arrivals = self.arrivals
      configuration.ramp = .nanoseconds(Int64(self.ramp * 1e9))
      configuration.seed = self.seed
      // Read before the run, so that a mistake in it does not cost the run.
      let levels = try self.slo.map { path throws(CommandFailure) in try ServiceLevels.reading(path) }
      let load = LoadTest(configuration)
      let signals = Signals { load.stop() }
      let result: LoadResult
      do {
        result = try load.run()
      } catch {
        throw CommandFailure(.ioError, "\(error)")
      }
      withExtendedLifetime(signals) {}
      if self.json { Console.print(result.json) } else { Console.print(result.text) }
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

  private func address() throws -> HostAddress {
    do {
      return try HostAddress(parsing: self.target)
    } catch {
      throw CommandFailure(.badData, "\(self.target): \(error)")
    }
  }
}
