import IndexAPI
import Storage
import Synchronization
import Testing

@testable import Indexer

@Suite("A host that is offline", .timeLimit(.minutes(1)))
struct OfflineTests {
  private let network = Network()

  /// One host with one seat, a session that runs there, and a minute without a word of it.
  private func lost() async throws -> (IndexService, HostRegistered, SessionOffer, PlayerID) {
    let service = try await self.network.indexer()
    let host = try await service.register(.sample(seats: 1))
    let player = PlayerID.fresh()
    let offer = try await service.offer(player: player)
    try await service.heartbeat(.sample(host, 1, free: 0, sessions: [offer.session]), host: host.host)
    #expect(service.figures().runningSessions == 1)
    self.network.advance(.seconds(61))
    try await service.upkeep()
    #expect(service.figures().hosts[.offline] == 1)
    return (service, host, offer, player)
  }

  /// The same host comes back at an indexer.
  private func back(_ host: HostRegistered, at service: IndexService) async throws -> HostRegistered {
    try await service.register(.sample(seats: 1), host: host.host)
  }

  @Test("holds no seats: not in the figures, not against its players, and not when it comes back with nothing")
  func empty() async throws {
    let (service, host, offer, player) = try await self.lost()
    #expect(service.figures().usedSeats == 0)
    guard case .sessions(let rows) = try await self.network.store.lookup(.sessions(of: player)) else {
      Issue.record("the store does not answer")
      return
    }
    #expect(rows.isEmpty)
    guard case .session(let row) = try await self.network.store.lookup(.session(offer.session)) else {
      Issue.record("the session is forgotten")
      return
    }
    #expect(row.state == .ended(reason: SessionRow.hostOffline))
    let again = try await self.back(host, at: service)
    try await service.heartbeat(.sample(again, 1, free: 1), host: host.host)
    _ = try await service.offer()
  }

  @Test("comes back with what still runs there, before anybody is sent to that seat", arguments: [false, true])
  func revival(isElsewhere: Bool) async throws {
    let (one, host, offer, player) = try await self.lost()
    let service = isElsewhere ? try await self.network.indexer("two") : one
    let again = try await self.back(host, at: service)
    #expect(await service.problem() == "no-seat", "it has not said what runs there")
    let (stream, messages) = try service.openStream(of: host.host)
    try await service.heartbeat(.sample(again, 1, free: 0, sessions: [offer.session]), host: host.host)
    stream.finish()
    for await message in messages {
      if case .release = message { Issue.record("the session was told to end") }
    }
    #expect(await service.problem() == "no-seat")
    #expect(service.figures().runningSessions == 1)
    _ = try await service.renew(offer.session, player: player)
    try await service.end(offer.session, player: player)
    try await service.hostEnds(offer.session)
    _ = try await service.offer()
  }

  @Test("does not bring back what its player had ended before")
  func endedBefore() async throws {
    let service = try await self.network.indexer()
    let host = try await service.register(.sample(seats: 1))
    let player = PlayerID.fresh()
    let offer = try await service.offer(player: player)
    try await service.heartbeat(.sample(host, 1, free: 0, sessions: [offer.session]), host: host.host)
    try await service.end(offer.session, player: player)
    try await service.hostEnds(offer.session)
    self.network.advance(.seconds(61))
    try await service.upkeep()
    let again = try await self.back(host, at: service)
    let (stream, messages) = try service.openStream(of: host.host)
    try await service.heartbeat(.sample(again, 1, free: 0, sessions: [offer.session]), host: host.host)
    stream.finish()
    var released: [SessionID] = []
    for await case .release(let session) in messages { released.append(session) }
    #expect(released == [offer.session])
    #expect(service.figures().runningSessions == 0)
  }
}
