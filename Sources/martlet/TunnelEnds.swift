import ArgumentParser
import DatagramIO
import LinkEmulator
import NetworkSimulator

/// The ends of an emulated network, as `--tun` names them.
struct TunnelEnds {
  let players: String
  /// `nil` for the namespace that the command runs in.
  let hosts: String?

  /// - Throws: `ValidationError` unless `text` is one name, or two with a comma between them.
  init(_ text: String) throws {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard 1...2 ~= names.count, names.allSatisfy(NetworkNamespace.isName), Set(names).count == names.count else {
      throw ValidationError(
        "--tun takes the name of a network namespace, or two that differ, such as players,hosts: letters, digits, "
          + "hyphens, underscores and dots, 64 of them at most."
      )
    }
    self.players = names[0]
    self.hosts = names.count == 2 ? names[1] : nil
  }

  /// - Returns: the network, and what to say about it first.
  func start(
    up: LinkConditions,
    down: LinkConditions,
    schedule: LinkSchedule,
    seed: UInt64
  ) throws -> (link: any EmulatedLink, greeting: [String]) {
    let configuration = TunnelConfiguration(
      players: self.players,
      hosts: self.hosts,
      up: up,
      down: down,
      schedule: schedule,
      seed: seed
    )
    let tunnel: TunnelEmulator
    do {
      tunnel = try TunnelEmulator.start(configuration)
    } catch {
      throw CommandFailure(.ioError, "\(error)")
    }
    var greeting = [Self.line("hosts", tunnel.hosts), Self.line("players", tunnel.players)]
    if let hosts { greeting.append("ip netns exec \(hosts) martlet host --listen \(tunnel.hosts.ipv4.host):7777 …") }
    greeting.append("ip netns exec \(self.players) martlet play 'martlet://\(tunnel.hosts.ipv4.host):7777#KEY'")
    return (tunnel, greeting)
  }

  private static func line(_ who: String, _ end: TunnelEmulator.End) -> String {
    ([who, end.ipv4.host] + [end.ipv6?.host, end.namespace.map { "in \($0)" }].compactMap { $0 }).joined(separator: " ")
  }
}
