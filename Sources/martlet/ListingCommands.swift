import ArgumentParser
import Foundation
import IndexAPI
import IndexClient
import PlayerAgent

/// Lists the network's games.
struct GamesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "games",
    abstract: "List the games that the network's hosts offer."
  )

  @OptionGroup(title: "Network") var network: IndexerOptions

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func run() throws {
    try self.reportingFailure {
      let list = try self.network.ask { try await $0.games() }
      if self.json { return Console.print(try JSONLine.of(list)) }
      guard !list.games.isEmpty else { return Console.print("No host offers a game now.") }
      var table = TextTable(["game", "title", ">hosts", ">free seats", ">warm"])
      for game in list.games {
        table.add([game.name, game.title, "\(game.hosts)", "\(game.freeSeats)", "\(game.warm)"])
      }
      Console.print(table.text)
    }
  }
}

/// Lists the hosts near the player.
struct HostsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hosts",
    abstract: "List the nearest hosts of the network."
  )

  @OptionGroup(title: "Network") var network: IndexerOptions

  @Option(help: "Hosts of this game only.", completion: Completions.games)
  var game: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Where you are, in degrees north and east.", valueName: "lat,lon"),
    transform: Place.written
  )
  var near: Place?

  @Flag(help: "Measure the round trip to each host.")
  var probe = false

  @Option(help: "Hosts to list at most, 1 to 100.")
  var limit = 20

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func validate() throws {
    guard 1...100 ~= self.limit else { throw ValidationError("--limit must be 1 to 100.") }
  }

  /// What `--json` prints.
  private struct Listing: Encodable, Sendable {
    var hosts: [HostList.Host]
    var probes: [SessionOrder.Probe]
  }

  func run() throws {
    try self.reportingFailure {
      let (game, place, limit, probes) = (self.game, self.near, self.limit, self.probe)
      let listing = try self.network.ask { client in
        let hosts = try await client.hosts(game: game, place: place, limit: limit).hosts
        let measured = probes ? await HostProbing.measure(hosts.map(\.endpoint), limit: .seconds(1)) : []
        return Listing(hosts: hosts, probes: measured)
      }
      if self.json { return Console.print(try JSONLine.of(listing)) }
      guard !listing.hosts.isEmpty else { return Console.print("No host fits.") }
      Console.print(Self.table(listing).text)
    }
  }

  private static func table(_ listing: Listing) -> TextTable {
    var table = TextTable([
      "host", "address", "region", ">estimate ms", ">round trip ms", "state", ">free", ">seats", ">price", "games",
    ])
    let probes = Dictionary(listing.probes.map { ($0.host, $0) }, uniquingKeysWith: { first, _ in first })
    for host in listing.hosts {
      table.add([
        "\(host.endpoint.host)", host.endpoint.endpoint, host.region ?? "–",
        TextTable.milliseconds(host.estimatedRoundTripMicroseconds),
        TextTable.milliseconds(probes[host.endpoint.host]?.roundTripMicroseconds), host.state.rawValue,
        "\(host.freeSeats)", "\(host.seats)", "\(host.price)",
        host.games.map { $0.warm > 0 ? "\($0.name) (\($0.warm) warm)" : $0.name }.joined(separator: ", "),
      ])
    }
    return table
  }
}

/// Values as JSON on one line, keys in order.
enum JSONLine {
  static func of(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// What a shell offers to complete.
enum Completions {
  /// The names of the network's games, as far as an indexer is named before the word.
  static let games = CompletionKind.custom { words, _, _ in
    var options = IndexerOptions()
    options.indexers = zip(words, words.dropFirst()).filter { $0.0 == "--indexer" }.map(\.1)
    options.trust = nil
    return (try? options.ask { try await $0.games().games.map(\.name) }) ?? []
  }
}
