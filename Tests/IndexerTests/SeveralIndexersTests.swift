import Identity
import IndexAPI
import Storage
import Synchronization
import Testing

@testable import Indexer

@Suite("Several indexers on one store", .timeLimit(.minutes(1)))
struct SeveralIndexersTests {
  @Test("serve each other's hosts, and together give no seat twice")
  func sharing() async throws {
    let network = Network()
    let (one, two) = (try await network.indexer("one"), try await network.indexer("two"))
    for port in 1...4 { _ = try await one.register(.sample(seats: 2, port: port)) }
    try await two.readChanges()
    let given = await withTaskGroup(of: Bool.self) { group in
      for index in 0..<24 {
        group.addTask { (try? await (index.isMultiple(of: 2) ? one : two).offer()) != nil }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(given == 8)
    try await one.readChanges()
    try await two.readChanges()
    #expect(one.figures().usedSeats == 8)
    #expect(two.figures().usedSeats == 8)
  }

  @Test("tell a host to get ready whichever of them sends it a player, and once")
  func preparation() async throws {
    let network = Network()
    let (one, two) = (try await network.indexer("one"), try await network.indexer("two"))
    let host = try await one.register()
    try await two.readChanges()
    let (_, messages) = try one.openStream(of: host.host)
    let offer = try await two.offer()
    try await one.readChanges()
    try await one.readChanges()
    one.closeStreams()
    var told: [SessionID] = []
    for await case .prepare(let preparation) in messages { told.append(preparation.session) }
    #expect(told == [offer.session])
  }

  @Test(
    "tell a host of a session that was given up at any of them, and keep the seat until the host says that it is free"
  )
  func closing() async throws {
    let network = Network()
    let (one, two) = (try await network.indexer("one"), try await network.indexer("two"))
    let registered = try await one.register(.sample(seats: 1))
    try await two.readChanges()
    let player = PlayerID.fresh()
    let offer = try await two.offer(player: player)
    try await one.readChanges()
    try await one.heartbeat(.sample(registered, 1, free: 0, sessions: [offer.session]), host: registered.host)
    try await two.readChanges()
    try await two.end(offer.session, player: player)
    #expect(await two.problem() == "no-seat")
    // At the home nothing is known yet, and what the host says changes nothing.
    try await one.heartbeat(.sample(registered, 2, free: 0, sessions: [offer.session]), host: registered.host)
    try await one.readChanges()
    #expect(await one.problem() == "no-seat")
    // A host that comes back hears it at once.
    let (stream, messages) = try one.openStream(of: registered.host)
    stream.finish()
    var released: [SessionID] = []
    for await case .release(let session) in messages { released.append(session) }
    #expect(released == [offer.session])
    try await one.hostEnds(offer.session)
    try await two.readChanges()
    _ = try await two.offer()
  }

  @Test("give the same session to whoever repeats a request at another one")
  func repetition() async throws {
    let network = Network()
    let (one, two) = (try await network.indexer("one"), try await network.indexer("two"))
    _ = try await one.register()
    try await two.readChanges()
    let (order, player) = (SessionOrder.sample(), PlayerID.fresh())
    let first = try await one.offer(order, player: player)
    let second = try await two.offer(order, player: player)
    #expect(first.session == second.session)
    #expect(first.host == second.host)
    #expect(second.startBy <= first.startBy)
  }

  @Test("sign tickets that every host can check, whoever its home is")
  func keys() async throws {
    let network = Network()
    let (one, two) = (try await network.indexer("one"), try await network.indexer("two"))
    let host = try await one.register()
    try await one.readChanges()
    try await two.readChanges()
    let offer = try await two.offer()
    let now = network.clock.unixSeconds
    let ticket = try Ticket(verifying: Array(offer.ticket.utf8), keys: one.keyring.set, host: host.host, now: now)
    #expect(ticket.session == offer.session)
  }

  @Test("take each other's hosts home when one is lost, and what it says afterwards changes nothing")
  func adoption() async throws {
    let network = Network()
    let (one, two) = (try await network.indexer("one"), try await network.indexer("two"))
    let host = try await one.register()
    try await two.readChanges()
    network.advance(.seconds(4))
    try await two.upkeep()
    try await two.readChanges()
    #expect(two.state.withLock { $0.hosts[host.host]?.home } == "two")
    let epoch = try #require(two.state.withLock { $0.hosts[host.host]?.epoch })
    #expect(epoch > host.epoch)
    // The first has been stopped, and wakes up with a heartbeat to read and a silence to report.
    await #expect(throws: IndexService.notHome) {
      try await one.heartbeat(.sample(host, 1, free: 0), host: host.host)
    }
    guard case .host(let row) = try await network.store.lookup(.host(host.host)) else {
      Issue.record("the host is gone")
      return
    }
    #expect(row.home == "two")
    #expect(row.offeredSeats == 2)
    try await two.heartbeat(
      .sample(HostRegistered(host: host.host, epoch: epoch, heartbeatSeconds: 5, indexers: [], keys: ""), 1),
      host: host.host
    )
  }

  @Test("do not call hosts silent that spoke while they themselves were stopped")
  func waking() async throws {
    let network = Network()
    let service = try await network.indexer()
    _ = try await service.register()
    network.advance(.seconds(30))
    try await service.awake(after: .seconds(30))
    try await service.upkeep()
    #expect(service.figures().hosts[.standby] == 1)
    _ = try await service.offer()
  }

  @Test("keep what was acknowledged when one of them is started anew")
  func restart() async throws {
    let network = Network()
    let one = try await network.indexer("one")
    let host = try await one.register()
    let offer = try await one.offer()
    let again = try await network.indexer("one")
    #expect(again.figures().usedSeats == 1)
    try await again.heartbeat(.sample(host, 1, free: 1, sessions: [offer.session]), host: host.host)
    #expect(again.figures().runningSessions == 1)
  }
}
