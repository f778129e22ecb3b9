import Foundation
import Identity
import IndexAPI
import IndexClient
import Matching
import MediaUnits
import Storage
import Testing

@testable import Indexer

@Suite("A player who asks for a seat", .timeLimit(.minutes(1)))
struct OrderTests {
  @Test("gets a ticket that the host can check offline, and that is good there only")
  func offer() async throws {
    try await TestIndexer.run { indexer in
      let (host, player) = (IdentityKey(), IdentityKey())
      let registered = try await indexer.client(host) { try await $0.register(.sample()) }
      #expect(registered.host == host.publicKey.hostID)
      #expect(registered.indexers == [indexer.url])
      let order = SessionOrder.sample()
      let offer = try await indexer.client(player) { try await $0.offer(order) }
      let now = Int64(Date().timeIntervalSince1970)
      let keys = try KeySet(verifying: registered.keys, root: indexer.identity.publicKey, now: now)
      let ticket = try Ticket(verifying: Array(offer.ticket.utf8), keys: keys, host: registered.host, now: now)
      #expect(ticket.session == offer.session)
      #expect(ticket.player == player.publicKey.playerID)
      #expect(ticket.startBy == offer.startBy)
      #expect(offer.isWarm)
      #expect(throws: TicketError.otherHost) {
        try Ticket(verifying: Array(offer.ticket.utf8), keys: keys, host: IdentityKey().publicKey.hostID, now: now)
      }
      #expect(throws: TicketError.expired) {
        try Ticket(verifying: Array(offer.ticket.utf8), keys: keys, host: registered.host, now: now + 60)
      }
    }
  }

  @Test("and asks the same again gets the same seat, not another")
  func repetition() async throws {
    try await TestIndexer.run { indexer in
      _ = try await indexer.client { try await $0.register(.sample(seats: 1)) }
      try await indexer.client { player in
        let order = SessionOrder.sample()
        let first = try await player.offer(order)
        let second = try await player.offer(order)
        #expect(first.session == second.session)
        #expect(first.host == second.host)
        #expect(try await player.problem(.sample())?.type == "urn:martlet:problem:no-seat")
      }
    }
  }

  @Test("gives it up by ending the session, and only its own; it is free when the host says so")
  func end() async throws {
    try await TestIndexer.run { indexer in
      _ = try await indexer.client { try await $0.register(.sample(seats: 1)) }
      try await indexer.client { player in
        let offer = try await player.offer(.sample())
        await #expect(throws: Problem.self) {
          try await indexer.client { try await $0.end(session: offer.session) }
        }
        #expect(try await player.problem(.sample()) != nil)
        try await player.end(session: offer.session)
        #expect(try await player.problem(.sample()) != nil, "the host may not have seen its player go")
        try await player.end(session: offer.session)
        try await indexer.service.hostEnds(offer.session)
        _ = try await player.offer(.sample())
      }
    }
  }

  @Test("gets no more than four at once")
  func playerLimit() async throws {
    try await TestIndexer.run { indexer in
      _ = try await indexer.client { try await $0.register(.sample(seats: 8)) }
      try await indexer.client { player in
        for _ in 0..<4 { _ = try await player.offer(.sample()) }
        #expect(try await player.problem(.sample())?.type == "urn:martlet:problem:player-limit")
      }
    }
  }

  @Test("never gets a seat that another has, however many ask at once")
  func contention() async throws {
    try await TestIndexer.run { indexer in
      for port in 1...4 { _ = try await indexer.client { try await $0.register(.sample(seats: 2, port: port)) } }
      let given = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<24 {
          group.addTask { (try? await indexer.client { try await $0.offer(.sample()) }) != nil }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(given == 8)
    }
  }

  @Test("can have the decision looked at, which replays to the same host")
  func decision() async throws {
    try await TestIndexer.run { indexer in
      for port in 1...3 { _ = try await indexer.client { try await $0.register(.sample(port: port)) } }
      try await indexer.client { player in
        let offer = try await player.offer(.sample())
        let json = try await player.decision(session: offer.session)
        let record = try JSONDecoder().decode(DecisionRecord.self, from: Data(json))
        #expect(record.replayed() == offer.host.host)
      }
    }
  }

  @Test("say that a stage stands ready to one player alone, and only if it has the picture that is wanted")
  func warmth() async throws {
    let network = Network()
    let service = try await network.indexer()
    let host = try await service.register(.sample(seats: 3))
    var small = SessionOrder.sample()
    small.picture = "320x200"
    #expect(try await !service.offer(small).isWarm)
    #expect(service.games().games.first?.warm == 1)
    let order = SessionOrder.sample()
    let player = PlayerID.fresh()
    #expect(try await service.offer(order, player: player).isWarm)
    #expect(service.games().games.first?.warm == 0)
    #expect(try await service.offer(order, player: player).isWarm, "asked again, the answer is the same")
    #expect(try await !service.offer().isWarm)

    // What the store has to say of it is older than what the host has said since.
    var heartbeat = Heartbeat.sample(host, 1, free: 3)
    heartbeat.games = [Heartbeat.Warmth(name: "freedoom", warm: 2)]
    network.advance(.seconds(60))
    try await service.heartbeat(heartbeat, host: host.host)
    heartbeat.sequence = 2
    heartbeat.games[0].warm = 0
    try await service.heartbeat(heartbeat, host: host.host)
    try await service.readChanges()
    #expect(service.games().games.first?.warm == 0)
  }
}
