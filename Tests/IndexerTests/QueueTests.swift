import Identity
import IndexAPI
import Storage
import Synchronization
import Testing

@testable import Indexer

@Suite("When nothing is free, players", .timeLimit(.minutes(1)))
struct QueueTests {
  @Test("wait in the order in which they came, and whoever lost a host is first")
  func order() async throws {
    let network = Network()
    let service = try await network.indexer()
    for port in 1...2 { _ = try await service.register(.sample(seats: 1, port: port)) }
    let (loser, holder) = (PlayerID.fresh(), PlayerID.fresh())
    let lost = try await service.offer(player: loser)
    let held = try await service.offer(player: holder)
    var waiting: [(PlayerID, QueueOrder)] = []
    for position in 1...2 {
      let (player, order) = (PlayerID.fresh(), SessionOrder.sample(waits: true))
      let place = try await Self.place(service, order, player)
      #expect(place.position == position)
      waiting.append((player, QueueOrder(queueTicket: place.queueTicket, order: order)))
      network.advance(.milliseconds(10))
    }
    // The lost host is silent, so what the loser gives up is nobody's.
    try await service.report(lost.host.host, state: .silent, offeredSeats: 1)
    let resumption = SessionOrder.sample(waits: true)
    guard case .queued(let place) = try await service.resume(lost.session, resumption, player: loser) else {
      Issue.record("there is no seat to resume on")
      return
    }
    #expect(place.position == 1)
    waiting.insert((loser, QueueOrder(queueTicket: place.queueTicket, order: resumption)), at: 0)
    var seat = held.session
    var keeper = holder
    for (player, order) in waiting {
      try await service.end(seat, player: keeper)
      try await service.hostEnds(seat)
      guard case .offer(let offer) = try await service.wait(order, player: player) else {
        Issue.record("the next in line got no seat")
        return
      }
      #expect(offer.host == held.host)
      (seat, keeper) = (offer.session, player)
    }
    #expect(service.figures().queueLength == 0)
  }

  @Test("who wait are woken by a seat that becomes free")
  func waking() async throws {
    let network = Network()
    let service = try await network.indexer()
    _ = try await service.register(.sample(seats: 1))
    let holder = PlayerID.fresh()
    let held = try await service.offer(player: holder)
    let (player, order) = (PlayerID.fresh(), SessionOrder.sample(waits: true))
    let place = try await Self.place(service, order, player)
    async let answer = service.wait(QueueOrder(queueTicket: place.queueTicket, order: order), player: player)
    for _ in 0..<1_000 where service.state.withLock({ $0.waiting.waiters[order.request]?.poll == nil }) {
      await Task.yield()
    }
    try await service.end(held.session, player: holder)
    try await service.hostEnds(held.session)
    guard case .offer(let offer) = try await answer else {
      Issue.record("no seat after one became free")
      return
    }
    #expect(offer.host == held.host)
  }

  @Test("are turned away when too many wait, or when they will not wait")
  func bound() async throws {
    var limits = IndexerLimits()
    limits.queueCount = 1
    let service = try await Network().indexer(limits: limits)
    _ = try await service.register(.sample(seats: 1))
    _ = try await service.offer()
    _ = try await Self.place(service, .sample(waits: true), .fresh())
    #expect(await service.problem(.sample(waits: true)) == "queue-full")
    #expect(await service.problem(.sample(waits: false)) == "no-seat")
  }

  @Test("keep their place at another indexer, and nobody takes it over")
  func elsewhere() async throws {
    let network = Network()
    let (one, two) = (try await network.indexer("one"), try await network.indexer("two"))
    _ = try await one.register(.sample(seats: 1))
    _ = try await one.offer()
    try await two.readChanges()
    let (player, order) = (PlayerID.fresh(), SessionOrder.sample(waits: true))
    let place = try await Self.place(one, order, player)
    let queued = QueueOrder(queueTicket: place.queueTicket, order: order)
    await #expect(throws: Problem.self) { try await two.wait(queued, player: .fresh()) }
    _ = try await one.register(.sample(seats: 1, port: 7_778))
    let reading = Task {
      while !Task.isCancelled {
        try await two.readChanges()
        try await Task.sleep(for: .milliseconds(1))
      }
    }
    defer { reading.cancel() }
    let began = ContinuousClock.now
    guard case .offer = try await two.wait(queued, player: player) else {
      Issue.record("no seat at the other indexer")
      return
    }
    #expect(ContinuousClock.now - began < IndexService.pollDuration / 2)
  }

  @Test("who resume do so on another host")
  func resumption() async throws {
    let service = try await Network().indexer()
    for port in 1...2 { _ = try await service.register(.sample(port: port)) }
    let player = PlayerID.fresh()
    let lost = try await service.offer(player: player)
    await #expect(throws: Problem.self) {
      try await service.resume(lost.session, .sample(), player: .fresh())
    }
    let own = SessionOrder.sample(
      request: RequestID(high: lost.session.high ^ player.high, low: lost.session.low ^ player.low)
    )
    let refusal = await #expect(throws: Problem.self) { try await service.resume(lost.session, own, player: player) }
    #expect(refusal?.name == "conflict", "it makes sense by itself, only not here")
    let order = SessionOrder.sample()
    guard case .offer(let next) = try await service.resume(lost.session, order, player: player),
      case .offer(let again) = try await service.resume(lost.session, order, player: player)
    else {
      Issue.record("no seat to resume on")
      return
    }
    #expect(next.host.host != lost.host.host)
    #expect(next.session == again.session)
    #expect(service.figures().usedSeats == 2, "the lost host may still be playing")
    try await service.hostEnds(lost.session)
    #expect(service.figures().usedSeats == 1)
  }

  @Test("who leave lose their place at once, and nobody else can take it from them")
  func leaving() async throws {
    let network = Network()
    let service = try await network.indexer()
    _ = try await service.register(.sample(seats: 1))
    let holder = PlayerID.fresh()
    let held = try await service.offer(player: holder)
    let (leaver, order) = (PlayerID.fresh(), SessionOrder.sample(waits: true))
    let place = try await Self.place(service, order, leaver)
    network.advance(.milliseconds(10))
    let (stayer, other) = (PlayerID.fresh(), SessionOrder.sample(waits: true))
    let next = try await Self.place(service, other, stayer)
    #expect(next.position == 2)
    async let answer = service.wait(QueueOrder(queueTicket: place.queueTicket, order: order), player: leaver)
    for _ in 0..<1_000 where service.state.withLock({ $0.waiting.waiters[order.request]?.poll == nil }) {
      await Task.yield()
    }
    await #expect(throws: Problem.self) { try await service.leaveQueue(order.request, player: stayer) }
    #expect(service.figures().queueLength == 2)
    try await service.leaveQueue(order.request, player: leaver)
    #expect(service.figures().queueLength == 1)
    if case .offer = try await answer { Issue.record("a seat for somebody who has left") }
    await #expect(throws: Problem.self) { try await service.leaveQueue(order.request, player: leaver) }
    try await service.end(held.session, player: holder)
    try await service.hostEnds(held.session)
    guard
      case .offer(let offer) = try await service.wait(
        QueueOrder(queueTicket: next.queueTicket, order: other),
        player: stayer
      )
    else {
      Issue.record("no seat for the one who stayed")
      return
    }
    #expect(offer.host == held.host)
  }

  @Test("who leave as their seat comes give that up")
  func leavingLate() async throws {
    let service = try await Network().indexer()
    _ = try await service.register(.sample(seats: 1))
    let (player, order) = (PlayerID.fresh(), SessionOrder.sample(waits: true))
    let offer = try await service.offer(order, player: player)
    try await service.leaveQueue(order.request, player: player)
    #expect(service.figures().usedSeats == 1)
    try await service.hostEnds(offer.session)
    #expect(service.figures().usedSeats == 0)
  }

  @Test("do not wait for a game that no host has; who has lost a host does")
  func unknownGame() async throws {
    let service = try await Network().indexer()
    _ = try await service.register(.sample(seats: 1))
    #expect(await service.problem(.sample(game: "solitaire", waits: true)) == "not-found")
    #expect(service.figures().queueLength == 0)
    let order = SessionOrder.sample(game: "solitaire", waits: true)
    guard case .queued = try await service.order(order, player: .fresh(), resuming: true) else {
      Issue.record("whoever resumes waits")
      return
    }
  }

  private static func place(
    _ service: IndexService,
    _ order: SessionOrder,
    _ player: PlayerID
  ) async throws -> QueuePlace {
    guard case .queued(let place) = try await service.order(order, player: player) else { throw CancellationError() }
    return place
  }
}
