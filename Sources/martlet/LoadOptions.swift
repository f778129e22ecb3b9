public import ArgumentParser
import Foundation
public import LoadTest
import MediaUnits
import NetworkSimulator
import Presentation

extension Arrivals: ExpressibleByArgument {}
extension LoadConfiguration.Decoding: ExpressibleByArgument {}

/// How many players a load test has, when they come and what they do.
struct LoadPlayerOptions: ParsableArguments {
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

  @Option(help: "The same seed gives the same arrivals, and the same chances on links.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Decode nothing (none), the frames of one player in ten (sample), or of all (full); each that decodes takes what "
        + "a real player's decoder takes.",
      valueName: "none|sample|full"
    )
  )
  var decode = LoadConfiguration.Decoding.none

  @Option(
    help: ArgumentHelp(
      "What every player does from its first frame on, over and over; `martlet play --help` documents input scripts.",
      valueName: "script"
    )
  )
  var input: String?

  @Option(
    help: ArgumentHelp(
      "A network of its own for each player, on top of the real one: a profile (perfect, ethernet, fibre, wifi, "
        + "cellular, hostile) and settings as `martlet link` has them, such as wifi,delay=15ms,rate=20M; up:loss=5% "
        + "sets one direction only. Given several times, players take them in turn.",
      valueName: "profile[,name=value]"
    )
  )
  var link: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --link: what a recorded path could carry, of the host's way to the player; see `martlet link --help`.",
      valueName: "trace"
    )
  )
  var linkTrace: String?

  @Option(
    help: ArgumentHelp(
      "With --decode: log what the latency stage's strip says in the first player's pictures.",
      valueName: "file"
    )
  )
  var strip: String?

  func validate() throws {
    guard 1...1000 ~= self.players else { throw ValidationError("--players must be 1 to 1000.") }
    guard self.duration > 0, self.duration <= 86_400 else {
      throw ValidationError("--duration must be above 0, to 86400.")
    }
    guard 0...self.duration ~= self.ramp else { throw ValidationError("--ramp must be 0 to --duration.") }
    guard self.strip == nil || self.decode != .none else { throw ValidationError("--strip goes with --decode.") }
    guard self.linkTrace == nil || !self.link.isEmpty else {
      throw ValidationError("--link-trace goes with --link, such as --link perfect.")
    }
    guard self.link.count <= 16 else { throw ValidationError("--link may be given 16 times.") }
    _ = try self.networks
  }

  private var networks: [LoadConfiguration.Link] {
    get throws {
      do throws(LoadLinkError) {
        return try self.link.map { text throws(LoadLinkError) in try LoadConfiguration.Link(parsing: text) }
      } catch {
        throw ValidationError("--link: \(error).")
      }
    }
  }

  func apply(to configuration: inout LoadConfiguration) throws {
    configuration.arrivals = self.arrivals
    configuration.ramp = .nanoseconds(Int64(self.ramp * 1e9))
    configuration.seed = self.seed
    configuration.decoding = self.decode
    configuration.script = try self.input.map(InputScript.load)
    configuration.links = try self.networks
    if let linkTrace {
      let trace = try RateTrace.loading(linkTrace)
      let name = URL(fileURLWithPath: linkTrace).lastPathComponent.prefix(60)
      for index in configuration.links.indices {
        configuration.links[index].down.trace = trace
        configuration.links[index].name += ",trace=\(name)"
      }
    }
    configuration.stripPath = self.strip
  }
}
