import Foundation
import Identity
import IndexAPI
import Matching
import MediaUnits
import SQLiteStorage
import Storage

/// Writes the hosts and the sessions of a dataset into an indexer's database.
///
/// Their home is another indexer of the network, which is alive for an hour: the one that is measured hears of them as of
/// all that is at home elsewhere, and does not miss their heartbeats. What heartbeats cost the matcher is measured in
/// the process.
///
/// A seat that is taken, or given up, is free again when its host says so at its home, and none does here. So that the
/// same hosts have a seat from the first order to the last, those that have one in the dataset have many.
enum Seeding {
  /// The most that a host may have.
  private static let manySeats = 64

  private struct Description: Encodable {
    var registration: HostRegistration
    var landmarks = ""
  }

  static func run(_ data: Dataset, directory: String) async throws {
    let store = try SQLiteStore(directory: directory)
    var random = SplitMix64(seed: 7)
    var commands: [Command] = []
    let encoder = JSONEncoder()
    let (key, now) = (IdentityKey(), Int64(Date().timeIntervalSince1970))
    let keys = KeySet(identity: key, now: now).signed(by: key, issued: now)
    let record = IndexerRecord(name: "elsewhere", body: Array("http://127.0.0.1:1\n\(keys)".utf8))
    commands.append(Command(id: .random(using: &random), action: .announce(record, lease: .seconds(3_600))))
    for (row, host) in data.hosts.enumerated() {
      let body = try Array(encoder.encode(Description(registration: Self.registration(host, row: row))))
      let id = host.facts.id
      let record = HostRecord(id: id, seats: Self.seats(host), body: body)
      commands.append(Command(id: .random(using: &random), action: .register(record)))
      commands.append(Command(id: .random(using: &random), action: .takeHome(host: id, indexer: "elsewhere")))
      for _ in 0..<host.facts.usedSeats {
        let action = Command.Action.reserve(
          session: .random(using: &random),
          host: id,
          player: .random(using: &random),
          lease: .seconds(36_000)
        )
        commands.append(Command(id: .random(using: &random), action: action))
      }
      if commands.count > StorageLimits.batchCount - 8 {
        _ = try await store.apply(commands)
        commands = []
      }
    }
    _ = try await store.apply(commands)
  }

  private static func seats(_ host: Dataset.Host) -> Int {
    host.facts.usedSeats < host.facts.seats ? Self.manySeats : host.facts.seats
  }

  private static func registration(_ host: Dataset.Host, row: Int) -> HostRegistration {
    let network = host.facts.network
    return HostRegistration(
      endpoint: "10.\(network >> 8 & 255).\(network & 255).\(row & 255):4200",
      transportKey: String(repeating: "A", count: 43),
      games: host.facts.games.map {
        GameOffer(name: $0.name, title: $0.name, picture: "1280x720", maximumRate: 60, warm: $0.isWarm ? 1 : 0)
      },
      capability: HostCapability(
        gpu: nil,
        encoders: [],
        cores: 8,
        memoryMegabytes: 16_384,
        performanceClass: host.facts.performanceClass
      ),
      seats: Self.seats(host),
      place: host.facts.place,
      price: host.facts.price
    )
  }
}
