import ArgumentParser
import DatagramIO
import Dispatch
import Foundation
import Glibc
import LinkEmulator
import MediaUnits
import NetworkSimulator

/// Stands between a player and a host as a network of chosen quality.
struct LinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract: "Emulate a network between players and a host: delay, jitter, loss, a narrow rate, outages.",
    discussion: """
      With --to it relays UDP datagrams between whoever sends to --listen and the host there, and nothing else: it makes \
      no network device and needs no privileges. ECN bits pass through. Give players the emulator's \
      address with the host's key: martlet://127.0.0.1:9000#KEY.

        martlet link --to 127.0.0.1:7777 --delay 15ms --loss 2%
        martlet link --to 127.0.0.1:7777 --profile wifi --rate 20M --queue 100ms
        martlet link --to 127.0.0.1:7777 --delay 15ms --outage 10s+2s --json
        martlet link --to 127.0.0.1:7777 --delay 10ms --down rate=12M --up loss=5%
        martlet link --to 127.0.0.1:7777 --trace recorded.txt --trace-parts rate,loss --delay 8ms
        martlet link --to 127.0.0.1:7777 --delay 15ms --rate 50M --schedule changes.txt

      With --tun it makes a network of two ends, which whole IP packets cross, so that any programs can share its \
      bottleneck: one end here, the other in the network namespace of that name, which is made if there is none, and then \
      ends with the command, however that ends. Two names, players' and hosts', put both ends into namespaces. It needs \
      Linux's TUN devices and the rights of root.

        martlet link --tun far --delay 15ms --rate 20M --queue 40ms
        ip netns exec far martlet play 'martlet://198.18.0.1:7777#KEY'

      Conditions hold for each direction, on top of --profile; --up and --down set one direction only, by the same \
      names: --down rate=12M. With --to each player has links of its own, so that a rate is each player's; times of \
      traces, outages and schedules count from a player's first datagram. With --tun all share one link, and times count \
      from the first packet. The same --seed draws the same chances.

      A trace has rows of seconds, Mbit/s, round-trip time and share lost (0.015 12.48 34.5ms 0.01), or one number a \
      line, the milliseconds at which a packet of 1500 bytes fits (Mahimahi's format). A schedule has a line for each \
      change: when, which direction, and conditions by the same names.

        5s   down  rate=12M
        10s  both  delay=40ms loss=2%
        20s  up    profile=wifi

      The first line on standard output is the address that players send to; with --tun, what hosts have, then what \
      players have, and how to run programs there. SIGUSR1 prints what has been passed on and \
      lost so far; so does the end, by SIGINT, SIGTERM or --seconds.

      Exit status: 0 ended as asked, 64 usage, 65 a trace or a schedule makes no sense, 66 a file cannot be read, 69 the \
      host's name has no address, 74 the port cannot be used or the devices not be made.
      """
  )

  @Option(
    help: ArgumentHelp("With --to, where players send to; else a free port of 127.0.0.1.", valueName: "address:port"),
    transform: ListenAddress.init
  )
  var listen: ListenAddress?

  @Option(help: ArgumentHelp("The host.", valueName: "host:port"), transform: ListenAddress.init)
  var to: ListenAddress?

  @Option(
    help: ArgumentHelp("Two ends: players' network namespace, and hosts' if not this one.", valueName: "name[,name]")
  )
  var tun: String?

  @Option(help: ArgumentHelp("perfect, ethernet, fibre, wifi, cellular or hostile.", valueName: "name"))
  var profile: String?

  @Option(help: ArgumentHelp("One way, the least.", valueName: "time"))
  var delay: String?

  @Option(help: ArgumentHelp("Added to the delay, from nothing up to this.", valueName: "time"))
  var jitter: String?

  @Option(help: ArgumentHelp("Share lost, each datagram for itself, such as 2%.", valueName: "share"))
  var loss: String?

  @Option(help: ArgumentHelp("Loss in bursts: the chance that one begins, and its mean length.", valueName: "0.1%,4"))
  var burst: String?

  @Option(help: ArgumentHelp("Share that arrives twice.", valueName: "share"))
  var duplicate: String?

  @Option(help: ArgumentHelp("Share that is held back, and for how long.", valueName: "1%,3ms"))
  var reorder: String?

  @Option(help: ArgumentHelp("The bottleneck's rate, such as 20M or 500k bit/s.", valueName: "rate"))
  var rate: String?

  @Option(help: ArgumentHelp("The bottleneck's queue: the longest wait, or its size.", valueName: "100ms|64KB"))
  var queue: String?

  @Option(
    help: ArgumentHelp("Mark what waits longer in the queue, if its sender knows marks (ECN).", valueName: "time")
  )
  var mark: String?

  @Option(help: ArgumentHelp("Nothing passes: start, length and period; may be repeated.", valueName: "10s+2s[/30s]"))
  var outage: [String] = []

  @Option(help: ArgumentHelp("Follow a recorded rate, towards the player; it loops.", valueName: "file"))
  var trace: String?

  @Option(help: ArgumentHelp("Follow another one towards the host.", valueName: "file"))
  var traceUp: String?

  @Option(help: ArgumentHelp("Change conditions at set times.", valueName: "file"))
  var schedule: String?

  @Option(help: ArgumentHelp("What to take of the traces: rate, delay, loss.", valueName: "parts"))
  var traceParts = "rate,delay,loss"

  @Option(help: ArgumentHelp("A condition from players to the host; may be repeated.", valueName: "name=value"))
  var up: [String] = []

  @Option(help: ArgumentHelp("A condition from the host to players; may be repeated.", valueName: "name=value"))
  var down: [String] = []

  @Option(help: ArgumentHelp("Where chance starts.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("End after so long.", valueName: "seconds"))
  var seconds: Double?

  @Flag(help: "Print what was done as JSON.")
  var json = false

  func validate() throws {
    guard (self.to == nil) != (self.tun == nil) else {
      throw ValidationError("Name either the host, with --to, or a network namespace, with --tun.")
    }
    if let tun {
      guard self.listen == nil else {
        throw ValidationError(
          "--listen goes with --to: a network of two ends, --tun, has no port that players send to."
        )
      }
      _ = try TunnelEnds(tun)
    }
    guard self.to?.port != 0 else { throw ValidationError("--to needs the host's port, 1 to 65535.") }
    guard 0...1e6 ~= self.seconds ?? 0 else { throw ValidationError("--seconds must be 0 to 1000000.") }
    let parts = self.traceParts.split(separator: ",")
    guard !parts.isEmpty, parts.allSatisfy({ ["rate", "delay", "loss"].contains($0) }) else {
      throw ValidationError("--trace-parts takes rate, delay and loss, separated by commas.")
    }
    _ = try self.conditions()
  }

  func run() throws {
    try self.reportingFailure {
      let end = DispatchSemaphore(value: 0)
      // Before anything is made that must not outlive the command.
      let signals = Signals { end.signal() }
      let (link, greeting) = try self.start()
      signal(SIGUSR1, SIG_IGN)
      let asked = DispatchSource.makeSignalSource(signal: SIGUSR1, queue: .global())
      let json = self.json
      asked.setEventHandler { Console.print(link.report.text(json: json)) }
      asked.resume()
      for line in greeting { Console.print(line) }
      let limit = self.seconds.map { DispatchTime.now() + $0 } ?? .distantFuture
      // A socket that fails ends the emulator by itself.
      while end.wait(timeout: min(limit, .now() + 0.5)) == .timedOut, .now() < limit, link.failure == nil {}
      withExtendedLifetime(signals) { asked.cancel() }
      let report = link.stop()
      if let failure = link.failure { throw CommandFailure(.ioError, "\(failure)") }
      Console.print(report.text(json: json))
    }
  }

  /// - Returns: the network, and what to say about it first.
  private func start() throws -> (link: any EmulatedLink, greeting: [String]) {
    var (up, down) = try self.conditions()
    up.trace = try self.traceUp.map(self.readTrace)
    down.trace = try self.trace.map(self.readTrace)
    let schedule = try self.schedule.map(Self.readSchedule) ?? LinkSchedule()
    if let tun {
      let ends = try TunnelEnds(tun)
      return try ends.start(up: up, down: down, schedule: schedule, seed: self.seed)
    }
    guard let to else { preconditionFailure("a command without a host and without ends is refused before it runs") }
    let target: SocketAddress
    do {
      target = try SocketAddress(host: to.host, port: to.port)
    } catch {
      throw CommandFailure(.unavailable, "there is no host at \(to): \(error)")
    }
    let configuration = LinkEmulatorConfiguration(
      listen: try (self.listen ?? ListenAddress(host: "127.0.0.1", port: 0)).resolved(),
      target: target,
      up: up,
      down: down,
      schedule: schedule,
      seed: self.seed
    )
    do {
      let emulator = try LinkEmulator.start(configuration)
      return (emulator, ["\(emulator.localAddress)"])
    } catch {
      throw CommandFailure(.ioError, "\(error) Choose another with --listen.")
    }
  }

  /// The conditions of both directions, without the trace.
  private func conditions() throws -> (up: LinkConditions, down: LinkConditions) {
    let common: [(String, String?)] =
      [
        ("profile", self.profile), ("delay", self.delay), ("jitter", self.jitter), ("loss", self.loss),
        ("burst", self.burst), ("duplicate", self.duplicate), ("reorder", self.reorder), ("rate", self.rate),
        ("queue", self.queue), ("mark", self.mark),
      ] + self.outage.map { ("outage", $0) }
    func conditions(_ own: [String]) throws -> LinkConditions {
      var conditions = LinkConditions.perfect
      do {
        for (name, value) in common { if let value { conditions.apply(try LinkSetting(name: name, value: value)) } }
        for text in own {
          let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          guard parts.count == 2 else { throw ValidationError("‘\(text)’ should be NAME=VALUE, such as rate=12M.") }
          conditions.apply(try LinkSetting(name: String(parts[0]), value: String(parts[1])))
        }
      } catch let error as LinkSettingError {
        throw ValidationError("\(error).")
      }
      return conditions
    }
    return (try conditions(self.up), try conditions(self.down))
  }

  private func readTrace(_ path: String) throws -> RateTrace {
    let parts = self.traceParts.split(separator: ",")
    return try RateTrace.loading(path).keeping(
      rate: parts.contains("rate"),
      delay: parts.contains("delay"),
      loss: parts.contains("loss")
    )
  }

  private static func readSchedule(_ path: String) throws -> LinkSchedule {
    let text: String
    do {
      text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
    } catch {
      throw CommandFailure(.noInput, "cannot read \(path): \(error.localizedDescription)")
    }
    do {
      return try LinkSchedule(parsing: text)
    } catch {
      throw CommandFailure(.badData, "the schedule \(path) makes no sense: \(error)")
    }
  }
}
