import Foundation
import Glibc
import Handshake
import Identity
import IndexAPI
import IndexClient
import Logging
import MediaUnits
import SessionProtocol
import SessionReport
import StreamPlayer
import Testing

extension EndToEnd {
  @Suite("A network", .serialized, .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment))
  struct Network {
    private let network: RunningNetwork

    init() async throws {
      self.network = try await RunningNetwork(in: TestFolder())
    }

    /// What a player's summary says about its start and its hosts.
    private struct Summary: Decodable {
      struct Start: Decodable {
        var requestToTicketNs: Int64
        var requestToFirstPacketNs: Int64
        var requestToFirstFrameNs: Int64
        var warm: Bool
      }

      var start: Start
      var hosts: Int
      var hostGapsNs: [Int64]
      var framesDecoded: Int

      init(json: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Self.self, from: Data(json.utf8))
      }
    }

    @Test("turns a game's name into its picture, and says what it offers and how long that took")
    func plays() async throws {
      try await self.network.addHost()
      let games = try await self.network.ask("games")
      #expect(games.contains("freedoom") && games.split(separator: "\n").count == 2, "\(games)")
      let hosts = try await self.network.ask("hosts", ["--probe", "--game", "freedoom"])
      #expect(hosts.contains("host-1") && hosts.contains("standby"), "\(hosts)")

      // The picture that the warm stage has.
      let player = try self.network.play(["--seconds", "2", "--json", "--size", "1280x720"])
      #expect(await player.waitForEnd() == .exited(0), "\(player.errors)")
      let summary = try Summary(json: player.output)
      #expect(summary.hosts == 1 && summary.framesDecoded > 20)
      #expect(summary.start.warm)
      #expect(summary.start.requestToTicketNs > 0)
      #expect(summary.start.requestToTicketNs < summary.start.requestToFirstPacketNs)
      #expect(summary.start.requestToFirstPacketNs < summary.start.requestToFirstFrameNs)
      #expect(summary.start.requestToFirstFrameNs < 1_000_000_000)

      // The seat is given back at once, and the landmarks are known by now.
      let next = try self.network.play(["--seconds", "1", "--json"])
      #expect(await next.waitForEnd() == .exited(0), "\(next.errors)")
      #expect(self.network.hosts.allSatisfy { !$0.log.contains("without a home indexer") })
      await self.network.stop()
    }

    @Test("shows the picture of another host within five seconds of the kill -9 of the first")
    func hostLost() async throws {
      try await self.network.addHost()
      try await self.network.addHost()
      let player = try self.network.play(["--json", "--seconds", "9"])
      let logs = { self.network.hosts.map(\.log) }
      try #require(await eventually { logs().contains { $0.contains("first picture") } }, "\(player.errors)")
      try await Task.sleep(for: .seconds(2))
      let first = try #require(self.network.hosts.first { $0.log.contains("first picture") })
      first.process.send(SIGKILL)
      #expect(await player.waitForEnd(within: .seconds(20)) == .exited(0), "\(player.errors)")
      let summary = try Summary(json: player.output)
      #expect(summary.hosts == 2, "\(player.errors)")
      #expect(summary.hostGapsNs.count == 1 && summary.hostGapsNs.allSatisfy { $0 < 5_000_000_000 })
      #expect(self.network.hosts.allSatisfy { $0.log.contains("first picture") })
      await self.network.stop()
    }

    @Test("keeps a player in the queue until a seat is free, and lets another leave it")
    func queue() async throws {
      try await self.network.addHost()
      let first = try self.network.play(["--seconds", "6"], name: "first")
      let host = try #require(self.network.hosts.first)
      try #require(await host.process.waitForError("first picture"), "\(host.log)\(first.errors)")
      let second = try self.network.play(["--seconds", "1", "--json"], name: "second")
      try #require(await second.waitForError("in the queue: place 1"), "\(second.errors)")
      let third = try self.network.play(["--seconds", "1"], name: "third")
      try #require(await third.waitForError("in the queue: place 2"), "\(third.errors)")
      third.send(SIGINT)
      #expect(await third.waitForEnd(within: .seconds(3)) == .exited(0), "\(third.errors)")
      let fourth = try self.network.play(["--seconds", "1"], name: "fourth")
      try #require(await fourth.waitForError("in the queue: place 2"), "\(fourth.errors)")
      fourth.send(SIGINT)
      #expect(await fourth.waitForEnd(within: .seconds(3)) == .exited(0), "\(fourth.errors)")
      let hasty = try self.network.play(["--seconds", "1", "--no-queue"], name: "hasty")
      #expect(await hasty.waitForEnd() == .exited(75), "\(hasty.errors)")
      #expect(await first.waitForEnd() == .exited(0), "\(first.errors)")
      #expect(await second.waitForEnd() == .exited(0), "\(second.errors)")
      #expect(try Summary(json: second.output).framesDecoded > 5)
      await self.network.stop()
    }

    @Test("says which games there are when asked for one that nobody offers, with status 69")
    func unknownGame() async throws {
      try await self.network.addHost()
      let player = try self.network.play(game: "solitaire")
      #expect(await player.waitForEnd() == .exited(69), "\(player.errors)")
      #expect(player.errors.contains("no host offers solitaire; there are freedoom"), "\(player.errors)")
      await self.network.stop()
    }

    @Test("serves a player whose ticket has been used already on another host")
    func reusedTicket() async throws {
      try await self.network.addHost()
      try await self.network.addHost()
      let identity = IdentityKey()
      let keys = try #require(StaticKeyPair(rawPrivateKey: identity.transportKey))
      let client = try IndexClient(indexers: [self.network.url], identity: identity)
      var first: SessionOffer?
      for attempt in 1...2 {
        var avoided: [HostID] = []
        if let first { avoided = [first.host.host] }
        var generator = SystemRandomNumberGenerator()
        let answer = try await client.order(
          SessionOrder(
            request: .random(using: &generator),
            game: "freedoom",
            transportKey: keys.publicKey.base64URL,
            avoid: avoided,
            waits: false
          )
        )
        guard case .offer(let offer) = answer else {
          Issue.record("no seat")
          return
        }
        let hosts = HostSequence(try [first ?? offer, offer].prefix(attempt).map(Self.hostOffer))
        var configuration = PlayerConfiguration(source: hosts, identity: keys)
        configuration.size = PictureSize(width: 320, height: 200)
        configuration.duration = .seconds(1)
        let outcome = try await PlayerClient(configuration, logger: Logger(label: "test")).play()
        #expect(outcome.end == .finished && outcome.summary.framesDecoded > 0)
        #expect(hosts.losses.count == attempt - 1)
        for case .refused(let refusal) in hosts.losses {
          #expect(refusal.code == .notAllowed && refusal.text.contains("used already"))
        }
        #expect(outcome.summary.host == offer.host.endpoint)
        first = offer
        // A host without a seat says so before it looks at the ticket.
        #expect(await eventually { self.network.hosts.contains { $0.log.contains("seat free") } })
      }
      await client.shutdown()
      await self.network.stop()
    }

    private static func hostOffer(_ offer: SessionOffer) throws -> HostOffer {
      HostOffer(
        address: try HostAddress(parsing: "martlet://\(offer.host.endpoint)#\(offer.host.transportKey)"),
        ticket: Array(offer.ticket.utf8)
      )
    }

    @Test("serves nobody who comes to a host without a ticket, with status 76")
    func withoutTicket() async throws {
      try await self.network.addHost()
      let host = try #require(self.network.hosts.first)
      let player = try host.play(["--seconds", "1"])
      #expect(await player.waitForEnd() == .exited(76), "\(player.errors)")
      await self.network.stop()
    }
  }
}
