import Foundation
import IndexAPI
import MediaUnits
import SeatHistory

/// What a player asks indexers, and how long.
extension SimulatedPlayer {
  mutating func order(avoiding avoided: [HostID] = []) -> SessionOrder {
    SessionOrder(
      request: RequestID.random(using: &self.generator),
      game: self.game,
      transportKey: String(decoding: Base64URL.encode(self.transportKey), as: UTF8.self),
      avoid: avoided,
      place: self.place,
      waits: Bool.random(using: &self.generator)
    )
  }

  /// Asks until an indexer answers, for ten seconds at most, and waits in the queue if it must.
  mutating func seat(by end: Int64, firstPath: String, order: SessionOrder) async -> Seat? {
    var indexer = Int.random(in: 0..<self.caller.indexers.count, using: &self.generator)
    let invoked = EventLog.now
    let deadline = min(end, invoked + 10_000_000_000)
    var ticket: String?
    while EventLog.now < deadline {
      let asked = EventLog.now
      let answer: Caller.Answer
      if let ticket {
        answer = await self.caller.call(
          "POST",
          "/v1/queue",
          body: QueueOrder(queueTicket: ticket, order: order),
          at: indexer,
          within: .seconds(24)
        )
      } else {
        answer = await self.caller.call("POST", firstPath, body: order, at: indexer)
      }
      if let offer = answer.decoded(as: SessionOffer.self, when: 201) {
        let now = EventLog.now
        guard 0...30 ~= offer.startSeconds, offer.startBy - EventLog.unix <= 30 else {
          self.log.violation("an offer that starts in \(offer.startSeconds) s", host: "\(offer.host.host)")
          return nil
        }
        self.log.operation(
          .reserve(session: "\(offer.session)", lease: Self.reservationLease),
          .done,
          host: "\(offer.host.host)",
          from: invoked,
          to: now
        )
        self.log.write(Event(.match, indexer: indexer, invoked: asked, returned: now))
        return Seat(offer: offer, order: order, path: firstPath, askedAt: asked)
      }
      if let place = answer.decoded(as: QueuePlace.self, when: 202) {
        ticket = place.queueTicket
        continue
      }
      switch answer {
      case .lost:
        self.log.write(Event(.loss, indexer: indexer, invoked: asked, returned: EventLog.now))
        indexer = (indexer + 1) % self.caller.indexers.count
      case .answered(let status, let body):
        self.log.write(Event(.refusal, indexer: indexer, returned: EventLog.now, text: Self.kind(status, body)))
        if status < 500, status != 429 { return nil }
        indexer = (indexer + 1) % self.caller.indexers.count
        try? await Task.sleep(for: .milliseconds(Int.random(in: 50...200, using: &self.generator)))
      }
    }
    return nil
  }

  /// For how long after a ticket's end its seat is kept: as long as hosts honour it, 5 s of skew to whole seconds.
  private static let graceSeconds = 4
  /// A seat that is not taken up is kept for as long as hosts honour its ticket.
  private static let reservationLease = Int64(30 + Self.graceSeconds) * 1_000_000_000

  private static func kind(_ status: Int, _ body: [UInt8]) -> String {
    guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(body)) else { return "\(status)" }
    return "\(status) \(problem.type)"
  }

  /// Asks for the same seat again, because there is no time left to use the ticket.
  ///
  /// - Returns: `nil` if the seat is gone, which the history must explain, or if no indexer answers.
  mutating func renewed(_ seat: Seat) async -> Seat? {
    let offer = seat.offer
    let (session, host) = ("\(offer.session)", "\(offer.host.host)")
    var indexer = Int.random(in: 0..<self.caller.indexers.count, using: &self.generator)
    let deadline = EventLog.now + 10_000_000_000
    while EventLog.now < deadline {
      let asked = EventLog.now
      let answer = await self.caller.call("POST", seat.path, body: seat.order, at: indexer)
      if let again = answer.decoded(as: SessionOffer.self, when: 201) {
        guard again.session == offer.session, again.host == offer.host else {
          self.log.violation("a request that was repeated led to another seat than \(session)", host: host)
          return nil
        }
        let lease = Int64(again.startSeconds + Self.graceSeconds) * 1_000_000_000
        self.log.operation(.extend(session: session, lease: lease), .done, host: host, from: asked, to: EventLog.now)
        self.log.write(Event(.renewal, host: host, indexer: indexer, invoked: asked, returned: EventLog.now))
        return Seat(offer: again, order: seat.order, path: seat.path, askedAt: asked)
      }
      switch answer {
      case .lost: break
      case .answered(let status, let body):
        self.log.write(Event(.refusal, indexer: indexer, returned: EventLog.now, text: Self.kind(status, body)))
        if status < 500, status != 429 {
          let operation = SeatOperation.Kind.extend(session: session, lease: 0)
          self.log.operation(operation, .refused, host: host, from: asked, to: EventLog.now)
          return nil
        }
      }
      indexer = (indexer + 1) % self.caller.indexers.count
      try? await Task.sleep(for: .milliseconds(Int.random(in: 50...200, using: &self.generator)))
    }
    return nil
  }
}
