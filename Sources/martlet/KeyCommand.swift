import ArgumentParser
import Handshake
import IndexAPI
import Identity
import SessionProtocol

/// What concerns this machine's identities.
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Show the public keys of this machine.",
    subcommands: [KeyShowCommand.self],
    defaultSubcommand: KeyShowCommand.self
  )
}

/// Shows this machine's identities.
struct KeyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the public keys of this machine's host, player and indexer, making them on first use.",
    discussion: """
      For each: its identity key, which signatures are checked with and which pins an indexer (https://HOST#KEY); the id \
      made from it; and the transport key that goes with it, which is the KEY of a martlet:// address. The private \
      halves are the files host.key, player.key and indexer.key; whoever has one is that host, player or indexer.
      """
  )

  @Flag(help: "Print one JSON object instead of lines.")
  var json = false

  func run() throws {
    try self.reportingFailure {
      let shown = try ["host", "player", "indexer"].map { role in
        (role: role, key: try KeyFile.load("\(KeyFile.defaultDirectory)/\(role).key"))
      }
      Console.print(
        self.json
          ? "{" + shown.map { "\"\($0.role)\":\(Self.json($0.key))" }.joined(separator: ",") + "}"
          : shown.map { Self.lines($0.role, $0.key) }.joined(separator: "\n")
      )
    }
  }

  private static func lines(_ role: String, _ key: IdentityKey) -> String {
    """
    \(role)
      identity   \(key.publicKey.base64URL)
      id         \(key.publicKey.hostID)
      transport  \(key.transport.publicKey.base64URL)
    """
  }

  private static func json(_ key: IdentityKey) -> String {
    "{\"identity\":\"\(key.publicKey.base64URL)\",\"id\":\"\(key.publicKey.hostID)\","
      + "\"transport\":\"\(key.transport.publicKey.base64URL)\"}"
  }
}
