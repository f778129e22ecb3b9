import Foundation
import IndexAPI
import IndexClient
import Identity
import MediaUnits
import PlayerAgent
import Storage
import Synchronization
import Testing

@testable import Indexer

@Suite("An answer that comes too late to be used", .timeLimit(.minutes(1)))
struct LateAnswerTests {
  /// Lets time pass in which the only host is heard from, without anybody who plays there.
  private static func advance(
    _ network: Network,
    _ seconds: Int,
    _ service: IndexService,
    _ host: HostRegistered
  ) async throws {
    network.advance(.seconds(seconds))
    let last = service.state.withLock { $0.hosts[host.host]?.lastSequence ?? 0 }
    try await service.heartbeat(.sample(host, last + 1, free: 1), host: host.host)
    try await service.upkeep()
    try await service.readChanges()
  }

  @Test("is asked for again: the same seat, with time to reach it, and nobody else gets it meanwhile")
  func again() async throws {
    let network = Network()
    let service = try await network.indexer()
    let host = try await service.register(.sample(seats: 1))
    let (_, messages) = try service.openStream(of: host.host)
    let (order, player) = (SessionOrder.sample(), PlayerID.fresh())
    let first = try await service.offer(order, player: player)
    #expect(first.startSeconds == 30)
    network.advance(.seconds(10))
    let early = try await service.offer(order, player: player)
    #expect(early.startBy == first.startBy, "there is time enough")
    #expect(early.startSeconds == 20)
    network.advance(.seconds(28))
    let late = try await service.offer(order, player: player)
    #expect(late.session == first.session)
    #expect(late.host == first.host)
    #expect(late.startSeconds == 30)
    // Past the end of the first reservation, and just before that of the second.
    try await Self.advance(network, 44, service, host)
    #expect(await service.problem() == "no-seat")
    try await Self.advance(network, 2, service, host)
    _ = try await service.offer()
    // The host, too, has to keep its stage for longer.
    service.closeStreams()
    var expected: [Int64] = []
    for await case .prepare(let preparation) in messages where preparation.session == first.session {
      expected.append(preparation.startBy)
    }
    #expect(expected == [first.startBy, late.startBy])
  }

  @Test("is found again by an indexer that has not read of the seat, although nothing else is free")
  func elsewhere() async throws {
    let network = Network()
    let (one, two) = (try await network.indexer("one"), try await network.indexer("two"))
    _ = try await one.register(.sample(seats: 1))
    try await two.readChanges()
    let (order, player) = (SessionOrder.sample(), PlayerID.fresh())
    let first = try await one.offer(order, player: player)
    // Memory knows that the host is full, but not with whom.
    two.state.withLock { _ = $0.withHost(first.host.host) { $0.pending = 1 } }
    network.advance(.seconds(38))
    let second = try await two.offer(order, player: player)
    #expect(second.session == first.session)
    #expect(second.startSeconds == 30)
  }

  @Test("is not the answer for ever: when the seat is gone, it takes another request")
  func gone() async throws {
    let network = Network()
    let service = try await network.indexer()
    let host = try await service.register(.sample(seats: 1))
    let (order, player) = (SessionOrder.sample(waits: true), PlayerID.fresh())
    _ = try await service.offer(order, player: player)
    try await Self.advance(network, 46, service, host)
    #expect(await service.problem(order, player: player) == "conflict")
    let holder = PlayerID.fresh()
    let held = try await service.offer(player: holder)
    #expect(await service.problem(order, player: player) == "conflict")
    #expect(service.figures().queueLength == 0)
    try await service.end(held.session, player: holder)
    try await service.hostEnds(held.session)
    _ = try await service.offer(player: player)
  }

  @Test("and whose request waited in the queue is told that the seat is gone, not to wait on")
  func goneInQueue() async throws {
    let network = Network()
    let service = try await network.indexer()
    let host = try await service.register(.sample(seats: 1))
    let holder = PlayerID.fresh()
    let held = try await service.offer(player: holder)
    let (order, player) = (SessionOrder.sample(waits: true), PlayerID.fresh())
    guard case .queued(let place) = try await service.order(order, player: player) else {
      Issue.record("a seat where none is free")
      return
    }
    // Given while no request for it was open, and kept until nobody could come for it.
    try await service.end(held.session, player: holder)
    try await service.hostEnds(held.session)
    for _ in 0..<1_000 where service.figures().usedSeats == 0 { await Task.yield() }
    #expect(service.figures().usedSeats == 1)
    try await Self.advance(network, 46, service, host)
    let error = await #expect(throws: Problem.self) {
      try await service.wait(QueueOrder(queueTicket: place.queueTicket, order: order), player: player)
    }
    #expect(error?.name == "conflict")
  }

  @Test("never has a ticket that outlives its seat, however long the indexer was stopped after it had read of it")
  func stoppedReader() async throws {
    let network = Network()
    let one = try await network.indexer("one")
    _ = try await one.register(.sample(seats: 1))
    let store = StoppingStore(network: network)
    let two = IndexService(
      name: "two",
      identity: IdentityKey(),
      store: store,
      url: "http://two",
      clock: network.clock,
      runsUpkeep: false,
      logger: TestIndexer.logger()
    )
    try await two.prepare()
    let (order, player) = (SessionOrder.sample(), PlayerID.fresh())
    _ = try await one.offer(order, player: player)
    store.stopSeconds.store(14, ordering: .relaxed)
    let offer = try await two.offer(order, player: player)
    guard case .session(let row) = try await network.store.lookup(.session(offer.session)) else {
      Issue.record("the session is gone")
      return
    }
    let seatEnd = network.clock.unixSeconds + row.remaining.components.seconds
    #expect(offer.startBy + Ticket.skewSeconds < seatEnd)
  }

  /// A store after whose answers to questions the indexer does not run for a while.
  private final class StoppingStore: NetworkStore {
    let network: Network
    let stopSeconds = Atomic<Int64>(0)

    init(network: Network) {
      self.network = network
    }

    var durability: Durability { self.network.store.durability }

    func apply(_ batch: [Command]) async throws(StorageError) -> [Outcome] { try await self.network.store.apply(batch) }

    func snapshot() async throws(StorageError) -> (Snapshot, Cursor) { try await self.network.store.snapshot() }

    func changes(after cursor: Cursor, limit: Int) async throws(StorageError) -> ([Change], Cursor) {
      try await self.network.store.changes(after: cursor, limit: limit)
    }

    func waitForChanges(timeout: Duration) async { await self.network.store.waitForChanges(timeout: timeout) }

    func lookup(_ key: Lookup) async throws(StorageError) -> LookupResult {
      let result = try await self.network.store.lookup(key)
      self.network.advance(.seconds(self.stopSeconds.load(ordering: .relaxed)))
      return result
    }
  }

  // The player.

  private static func offer(_ order: SessionOrder, startSeconds: Int, port: Int) -> String {
    let key = String(decoding: Base64URL.encode([UInt8](repeating: 7, count: 32)), as: UTF8.self)
    let offer = SessionOffer(
      session: SessionID(high: order.request.high, low: order.request.low),
      game: order.game,
      host: HostEndpoint(host: HostID(high: 1, low: 2), endpoint: "127.0.0.1:\(port)", transportKey: key),
      ticket: "t",
      startBy: 1_800_000_000,
      startSeconds: startSeconds,
      leaseSeconds: 900,
      alternate: nil,
      isWarm: false,
      matchMicroseconds: 1
    )
    guard let bytes = try? JSONEncoder().encode(offer) else { preconditionFailure("an offer is JSON") }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What a player's agent makes of the answers to its orders, the first of which is the first's.
  private static func ask(_ answer: @escaping @Sendable (Int, SessionOrder) -> ScriptedIndexer.Reply) async throws -> (
    seat: GrantedSeat, requests: [RequestID]
  ) {
    let requests = Mutex<[RequestID]>([])
    let indexer = ScriptedIndexer { request in
      if request.method == "GET" { return .json(200, #"{"hosts":[],"landmarks":[]}"#) }
      guard request.target == "/v1/sessions",
        let order = try? JSONDecoder().decode(SessionOrder.self, from: Data(request.body))
      else { return .json(404, "") }
      let number = requests.withLock { requests in
        requests.append(order.request)
        return requests.count
      }
      return answer(number, order)
    }
    defer { indexer.stop() }
    let client = try IndexClient(indexers: [indexer.url], identity: IdentityKey())
    let agent = PlayerAgent(
      client: client,
      wish: GameWish(game: "freedoom", transportKey: "k"),
      cache: nil,
      logger: TestIndexer.logger()
    ) { _ in }
    let result: Result<GrantedSeat, any Error>
    do { result = .success(try await agent.order()) } catch { result = .failure(error) }
    await client.shutdown()
    return (try result.get(), requests.withLock { $0 })
  }

  @Test("makes the player ask again, with the same request")
  func playerAsksAgain() async throws {
    let (seat, requests) = try await Self.ask { number, order in
      .json(201, Self.offer(order, startSeconds: number < 3 ? 1 : 30, port: 7_000 + number))
    }
    #expect(requests.count == 3)
    #expect(Set(requests).count == 1)
    #expect(seat.offer.host.endpoint == "127.0.0.1:7003")
  }

  @Test("does not make the player ask for ever")
  func playerGivesUp() async throws {
    let (_, requests) = try await Self.ask { _, order in .json(201, Self.offer(order, startSeconds: 0, port: 7_000)) }
    #expect(requests.count == 5)
  }

  @Test("makes the player ask for another seat when its own is gone")
  func playerStartsAnew() async throws {
    let problem = #"{"type":"urn:martlet:problem:conflict","title":"t","status":409,"detail":"d"}"#
    let (seat, requests) = try await Self.ask { number, order in
      number == 1 ? .problem(409, problem) : .json(201, Self.offer(order, startSeconds: 30, port: 7_000))
    }
    #expect(requests.count == 2)
    #expect(Set(requests).count == 2)
    #expect(seat.offer.session == SessionID(high: requests[1].high, low: requests[1].low))
  }
}
