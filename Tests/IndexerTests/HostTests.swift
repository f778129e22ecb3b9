import Identity
import IndexAPI
import Storage
import Testing

@testable import Indexer

@Suite("A host", .timeLimit(.minutes(1)))
struct HostTests {
  @Test("that misses three heartbeats gets no players until it is heard, and after a minute is offline")
  func silence() async throws {
    let network = Network()
    let service = try await network.indexer()
    let host = try await service.register()
    network.advance(.seconds(14))
    try await service.upkeep()
    _ = try await service.offer()
    network.advance(.seconds(2))
    try await service.upkeep()
    #expect(await service.problem() == "no-seat")
    #expect(service.figures().hosts[.silent] == 1)
    try await service.heartbeat(.sample(host, 1), host: host.host)
    _ = try await service.offer()
    network.advance(.seconds(61))
    try await service.upkeep()
    #expect(service.figures().hosts[.offline] == 1)
  }

  @Test("that is drained keeps its sessions and gets no others")
  func drain() async throws {
    let network = Network()
    let service = try await network.indexer()
    let host = try await service.register()
    let offer = try await service.offer()
    try await service.drain(host.host, drains: true)
    #expect(await service.problem() == "no-seat")
    try await service.heartbeat(.sample(host, 1, free: 1, sessions: [offer.session]), host: host.host)
    #expect(await service.problem() == "no-seat")
    #expect(service.figures().runningSessions == 1)
    try await service.drain(host.host, drains: false)
    _ = try await service.offer()
  }

  @Test("is not listened to with an old epoch or a sequence number that is not higher")
  func fencing() async throws {
    let network = Network()
    let service = try await network.indexer()
    let key = IdentityKey().publicKey.hostID
    let first = try await service.register(.sample(), host: key)
    let second = try await service.register(.sample(), host: key)
    #expect(second.epoch > first.epoch)
    await #expect(throws: IndexService.notHome) { try await service.heartbeat(.sample(first, 1), host: key) }
    try await service.heartbeat(.sample(second, 5), host: key)
    await #expect(throws: Problem.self) { try await service.heartbeat(.sample(second, 5), host: key) }
    try await service.heartbeat(.sample(second, 6), host: key)
  }

  @Test("gives its word for as many seats as it says, and no more are given")
  func word() async throws {
    let network = Network()
    let service = try await network.indexer()
    let host = try await service.register(.sample(seats: 4))
    try await service.heartbeat(.sample(host, 1, free: 1), host: host.host)
    _ = try await service.offer()
    #expect(await service.problem() == "no-seat")
  }

  @Test("that never says that a session runs loses it, and one that says so keeps it")
  func confirmation() async throws {
    let network = Network()
    let service = try await network.indexer()
    let host = try await service.register(.sample(seats: 2))
    let started = try await service.offer()
    let missed = try await service.offer()
    try await service.heartbeat(.sample(host, 1, free: 1, sessions: [started.session]), host: host.host)
    for sequence: UInt64 in 2..<12 {
      network.advance(.seconds(5))
      try await service.heartbeat(.sample(host, sequence, free: 1, sessions: [started.session]), host: host.host)
      try await service.upkeep()
      try await service.readChanges()
    }
    #expect(service.figures().runningSessions == 1)
    #expect(service.figures().reservedSessions == 0)
    #expect(try await service.store.lookup(.session(missed.session)).isLive == false)
    try await service.heartbeat(.sample(host, 20, free: 2), host: host.host)
    #expect(try await service.store.lookup(.session(started.session)).isLive == false)
  }

  @Test("is told to end what the network does not know, and to get ready for whom it is to expect")
  func messages() async throws {
    let network = Network()
    let service = try await network.indexer()
    let host = try await service.register()
    let (stream, messages) = try service.openStream(of: host.host)
    let offer = try await service.offer()
    let stranger = SessionID(high: 1, low: 2)
    try await service.heartbeat(.sample(host, 1, sessions: [stranger]), host: host.host)
    let (newer, _) = try service.openStream(of: host.host)
    #expect(newer.number != stream.number)
    var told: [HostMessage] = []
    for await message in messages { told.append(message) }
    guard case .keys = told[0], case .prepare(let preparation) = told[1] else {
      Issue.record("\(told)")
      return
    }
    #expect(preparation.session == offer.session)
    #expect(preparation.startBy == offer.startBy)
    #expect(told[2...] == [.release(stranger), .goodbye])
  }
}

extension LookupResult {
  var isLive: Bool {
    guard case .session(let row) = self else { return false }
    return row.state == .reserved || row.state == .running
  }
}
