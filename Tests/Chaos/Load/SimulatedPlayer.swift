import Foundation
import IndexAPI
import Identity
import MediaUnits
import SeatHistory

/// A player that asks for seats, plays for a moment, and leaves in every way that players do.
struct SimulatedPlayer: Sendable {
  let caller: Caller
  let hosts: [HostID: SimulatedHost]
  let log: EventLog
  let game: String
  let place: Place
  var generator: SplitMix64

  let transportKey: [UInt8]

  /// A seat that an indexer has acknowledged, and what it was asked for with.
  struct Seat: Sendable {
    var offer: SessionOffer
    let order: SessionOrder
    let path: String
    /// When the request was sent that the offer answers.
    var askedAt: Int64

    /// What the player that is shipped goes by, too.
    var isUsable: Bool { self.offer.isUsable(age: .nanoseconds(EventLog.now - self.askedAt)) }
  }

  /// Tickets in a row that come too late to be used; an indexer gives whoever asks again half of the time at least.
  private static let lateCount = 4

  /// How a session goes on once there is a seat.
  private enum Course {
    case plays, arrivesLate, givesUp, neverComes, movesOn
  }

  init(
    caller: Caller,
    hosts: [HostID: SimulatedHost],
    log: EventLog,
    game: String,
    place: Place,
    generator: SplitMix64
  ) {
    self.caller = caller
    self.hosts = hosts
    self.log = log
    self.game = game
    self.place = place
    var generator = generator
    self.transportKey = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    self.generator = generator
  }

  /// Asks for one seat after another until `end`, on the clock of ``EventLog/now``.
  mutating func run(until end: Int64) async {
    while EventLog.now < end, !Task.isCancelled {
      let order = self.order()
      if let seat = await self.seat(by: end, firstPath: "/v1/sessions", order: order) {
        await self.use(seat, until: end)
      } else {
        try? await Task.sleep(for: .milliseconds(Int.random(in: 50...250, using: &self.generator)))
      }
    }
  }

  // Using a seat.

  private mutating func use(_ seat: Seat, until end: Int64) async {
    let offer = seat.offer
    guard let host = self.hosts[offer.host.host] else {
      self.log.violation("a seat at a host that nobody knows", host: "\(offer.host.host)")
      return
    }
    let course: Course =
      switch Int.random(in: 0..<100, using: &self.generator) {
      case 0..<2: .arrivesLate
      case 2..<8: .givesUp
      case 8..<9: .neverComes
      case 9..<18: .movesOn
      default: .plays
      }
    switch course {
    case .neverComes: return
    case .givesUp:
      await self.sleep(upTo: .seconds(2))
      await self.end(offer, wasPlaying: false)
    case .arrivesLate:
      let late = Int64.random(in: 5...50, using: &self.generator) * 1_000_000_000
      // Nobody is waited for beyond the end of the run.
      guard EventLog.now + late < end else { return await self.end(offer, wasPlaying: false) }
      try? await Task.sleep(for: .nanoseconds(late))
      await self.play(seat, at: host)
    case .plays:
      await self.sleep(upTo: .milliseconds(200))
      await self.play(seat, at: host)
    case .movesOn:
      guard await self.enter(seat, host) else { return }
      await self.sleep(upTo: .milliseconds(500))
      await host.expectEnd(of: offer.session)
      await host.leave(offer.session)
      let order = self.order(avoiding: [offer.host.host])
      let path = "/v1/sessions/\(offer.session)/resume"
      guard let next = await self.seat(by: end, firstPath: path, order: order) else { return }
      guard let nextHost = self.hosts[next.offer.host.host] else { return }
      await self.play(next, at: nextHost)
    }
  }

  private mutating func enter(_ seat: Seat, _ host: SimulatedHost) async -> Bool {
    var seat = seat
    for attempt in 0...Self.lateCount where !seat.isUsable {
      guard attempt < Self.lateCount else {
        self.log.violation("session \(seat.offer.session) was acknowledged too late every time", host: "\(host.id)")
        return false
      }
      guard let renewed = await self.renewed(seat) else { return false }
      seat = renewed
    }
    let offer = seat.offer
    let ticket = Array(offer.ticket.utf8)
    let answer = await host.arrive(ticket: ticket, session: offer.session, transportKey: self.transportKey)
    guard case .admitted = answer else {
      if case .refused(let reason) = answer {
        self.log.violation("session \(offer.session) was acknowledged and refused: \(reason)", host: "\(host.id)")
      }
      return false
    }
    // A ticket works once.
    if Int.random(in: 0..<50, using: &self.generator) == 0 {
      let again = await host.arrive(ticket: ticket, session: offer.session, transportKey: self.transportKey)
      if case .admitted = again { self.log.violation("a ticket was admitted twice", host: "\(host.id)") }
    }
    return true
  }

  private mutating func play(_ seat: Seat, at host: SimulatedHost) async {
    guard await self.enter(seat, host) else { return }
    let offer = seat.offer
    await self.sleep(upTo: .milliseconds(1_500))
    if Int.random(in: 0..<4, using: &self.generator) == 0 {
      await self.renew(offer)
      await self.sleep(upTo: .milliseconds(500))
    }
    await host.expectEnd(of: offer.session)
    if Bool.random(using: &self.generator) {
      await host.leave(offer.session)
      if Bool.random(using: &self.generator) { await self.end(offer, wasPlaying: true) }
    } else {
      // The indexer tells the host, or nobody does and the host sees its player go.
      await self.end(offer, wasPlaying: true)
      await host.leave(offer.session)
    }
  }

  private mutating func renew(_ offer: SessionOffer) async {
    let path = "/v1/sessions/\(offer.session)/renew"
    let indexer = Int.random(in: 0..<self.caller.indexers.count, using: &self.generator)
    let invoked = EventLog.now
    let answer = await self.caller.call("POST", path, at: indexer)
    let outcome: SeatOperation.Outcome
    switch answer.status {
    case 200: outcome = .done
    case 404: outcome = .refused
    default: return
    }
    self.log.operation(
      .extend(session: "\(offer.session)", lease: .max),
      outcome,
      host: "\(offer.host.host)",
      from: invoked,
      to: EventLog.now
    )
  }

  private mutating func end(_ offer: SessionOffer, wasPlaying: Bool) async {
    let path = "/v1/sessions/\(offer.session)"
    var indexer = Int.random(in: 0..<self.caller.indexers.count, using: &self.generator)
    let invoked = EventLog.now
    var isCertain = !wasPlaying
    for _ in 0..<4 {
      let answer = await self.caller.call("DELETE", path, at: indexer)
      switch answer.status {
      case 404 where isCertain:
        self.log.operation(
          .release(session: "\(offer.session)"),
          .refused,
          host: "\(offer.host.host)",
          from: invoked,
          to: EventLog.now
        )
        return
      case 204, 404:
        // Given up: the seat is free when the host says so, at some later moment.
        self.noteEnd(of: offer, from: invoked)
        return
      default:
        // It may have ended the session; the next answer says nothing about this one.
        isCertain = false
        indexer = (indexer + 1) % self.caller.indexers.count
      }
    }
    self.noteEnd(of: offer, from: invoked)
  }

  private func noteEnd(of offer: SessionOffer, from invoked: Int64) {
    self.log.operation(
      .release(session: "\(offer.session)"),
      .unknown,
      host: "\(offer.host.host)",
      from: invoked,
      to: invoked
    )
  }

  private mutating func sleep(upTo limit: Duration) async {
    let nanoseconds = Int64.random(in: 0...limit.nanoseconds, using: &self.generator)
    try? await Task.sleep(for: .nanoseconds(nanoseconds))
  }
}
