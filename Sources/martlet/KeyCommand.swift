import ArgumentParser
import Handshake
import SessionProtocol

/// Shows this machine's identities.
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Show the public keys of this machine's host and player, making them on first use."
  )

  @Flag(help: "Print one JSON object instead of lines.")
  var json = false

  func run() throws {
    try self.reportingFailure {
      let directory = KeyFile.defaultDirectory
      let host = try KeyFile.load("\(directory)/host.key").publicKey.base64URL
      let player = try KeyFile.load("\(directory)/player.key").publicKey.base64URL
      Console.print(
        self.json ? "{\"host\":\"\(host)\",\"player\":\"\(player)\"}" : "host    \(host)\nplayer  \(player)"
      )
    }
  }
}
