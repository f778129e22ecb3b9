import ArgumentParser

/// Hosts and players that do all that real ones do, except for the pictures.
@main
struct NetworkLoad: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network-load",
    abstract: "Loads a network of indexers and writes down what every host and player saw; then judges it.",
    subcommands: [RunLoad.self, CheckHistory.self]
  )
}
