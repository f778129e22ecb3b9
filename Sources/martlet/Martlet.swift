import ArgumentParser

/// Cloud gaming on GPUs that anyone owns.
@main
struct Martlet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "martlet",
    abstract: "Stream games from machines that anyone owns, with as little delay as possible.",
    discussion: """
      A host runs the game and streams it; a player anywhere sees it, hears it and steers it:

        martlet host --game Samples/freedoom/game.yaml
        martlet play martlet://HOST:7777#KEY --window

      With an indexer (--indexer, or MARTLET_INDEXER), hosts offer their games to everyone, and a player names a game:

        martlet index
        martlet host --game Samples/freedoom/game.yaml --indexer URL
        martlet games
        martlet play freedoom --window

      Exit status: 0 all went well, 1 the session failed, 64 usage, 65 a file's contents are wrong, 66 a file cannot
      be read, 69 no host or indexer answers or something needed is not installed, 73 an output cannot be written, 74
      the port or the display cannot be used, 75 no free seat and the queue full or not wanted, 76 the host or the
      indexer refused, 77 the host's key is not the address's, or others may use our own key file.
      """,
    version: "martlet 0.1.0",
    subcommands: [
      HostCommand.self, PlayCommand.self, LoadCommand.self, GamesCommand.self, HostsCommand.self, IndexCommand.self,
      DemoCommand.self,
      KeyCommand.self, LinkCommand.self, TraceCommand.self, StageSupervisorCommand.self,
    ]
  )
}
