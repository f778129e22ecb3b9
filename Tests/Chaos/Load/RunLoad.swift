import ArgumentParser
import AsyncHTTPClient
import Foundation
import IndexAPI
import Identity
import MediaUnits
import NIOCore

struct RunLoad: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs hosts and players; hosts stay until standard input ends. Prints a word as each phase begins."
  )

  @Option(help: "An indexer, http://address:port; repeat for more.")
  var indexer: [String]

  @Option(help: "Hosts, of one to four seats each.")
  var hosts: Int = 40

  @Option(help: "Players, each of whom asks again and again.")
  var players: Int = 96

  @Option(help: "Rounds that measure propagation before the load.")
  var propagationRounds: Int = 100

  @Option(help: "Seconds of load.")
  var seconds: Int = 60

  @Option(help: "Same seed, same choices.")
  var seed: UInt64 = 1

  @Option(help: "The record to write.")
  var record: String

  private static let game = "chaos"

  func run() async throws {
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(2)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let log = try EventLog(path: self.record)
    var generator = SplitMix64(seed: self.seed)

    var network: [HostID: SimulatedHost] = [:]
    for number in 0...self.hosts {
      let isProbed = number == self.hosts
      let host = SimulatedHost(
        caller: Caller(http: http, indexers: self.indexer, identity: IdentityKey()),
        seats: isProbed ? 1 : Int.random(in: 1...4, using: &generator),
        game: isProbed ? PropagationProbe.game : Self.game,
        place: Self.place(using: &generator),
        log: log
      )
      network[host.id] = host
    }
    let hosts = network
    await withTaskGroup(of: Void.self) { group in
      for host in hosts.values { group.addTask { await host.serve() } }
      if await self.isComplete(hosts, http: http) {
        self.say("ready")
        await self.load(hosts, http: http, log: log, generator: &generator)
        self.say("settled")
      } else {
        self.say("incomplete")
      }
      await Self.endOfInput()
      group.cancelAll()
    }
    try await http.shutdown()
  }

  /// Whether every indexer shows every host within half a minute.
  private func isComplete(_ hosts: [HostID: SimulatedHost], http: HTTPClient) async -> Bool {
    let caller = Caller(http: http, indexers: self.indexer, identity: IdentityKey())
    let seats = hosts.values.reduce(0) { $0 + $1.seats }
    for _ in 0..<300 {
      var complete = 0
      for indexer in self.indexer.indices {
        let answer = await caller.call("GET", "/v1/games", at: indexer, signed: false)
        guard let list = answer.decoded(as: GameList.self, when: 200) else { continue }
        complete += list.games.reduce(0) { $0 + $1.freeSeats } == seats ? 1 : 0
      }
      if complete == self.indexer.count { return true }
      try? await Task.sleep(for: .milliseconds(100))
    }
    return false
  }

  private func load(
    _ hosts: [HostID: SimulatedHost],
    http: HTTPClient,
    log: EventLog,
    generator: inout SplitMix64
  ) async {
    if self.indexer.count > 1 {
      var probe = PropagationProbe(
        caller: Caller(http: http, indexers: self.indexer, identity: IdentityKey()),
        log: log,
        place: Self.place(using: &generator),
        generator: SplitMix64(seed: generator.next())
      )
      await probe.run(rounds: self.propagationRounds)
    }
    self.say("load")
    let end = EventLog.now + Int64(self.seconds) * 1_000_000_000
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<self.players {
        var player = SimulatedPlayer(
          caller: Caller(http: http, indexers: self.indexer, identity: IdentityKey()),
          hosts: hosts,
          log: log,
          game: Self.game,
          place: Self.place(using: &generator),
          generator: SplitMix64(seed: generator.next())
        )
        group.addTask { await player.run(until: end) }
      }
    }
  }

  private static func place(using generator: inout SplitMix64) -> Place {
    Place(
      latitude: Double.random(in: 48...52, using: &generator),
      longitude: Double.random(in: 2...10, using: &generator)
    )
  }

  private func say(_ word: String) {
    FileHandle.standardOutput.write(Data("\(word)\n".utf8))
  }

  private static func endOfInput() async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        while !FileHandle.standardInput.availableData.isEmpty {}
        continuation.resume()
      }
    }
  }
}
