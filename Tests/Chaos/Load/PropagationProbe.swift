import IndexAPI
import Identity
import MediaUnits

/// Measures how long after a write was acknowledged at one indexer another shows it.
struct PropagationProbe: Sendable {
  /// What only this probe's host offers.
  static let game = "propagation"

  let caller: Caller
  let log: EventLog
  let place: Place
  var generator: SplitMix64

  /// Two samples a round: a seat that is taken, and one that is free again.
  mutating func run(rounds: Int) async {
    for _ in 0..<rounds {
      let writer = Int.random(in: 0..<self.caller.indexers.count, using: &self.generator)
      let offset = Int.random(in: 1..<self.caller.indexers.count, using: &self.generator)
      let reader = (writer + offset) % self.caller.indexers.count
      let order = SessionOrder(
        request: RequestID.random(using: &self.generator),
        game: Self.game,
        transportKey: self.caller.identity.publicKey.base64URL,
        place: self.place,
        waits: false
      )
      let answer = await self.caller.call("POST", "/v1/sessions", body: order, at: writer)
      guard let offer = answer.decoded(as: SessionOffer.self, when: 201) else {
        try? await Task.sleep(for: .milliseconds(200))
        continue
      }
      await self.measure(freeSeats: 0, at: reader)
      let end = await self.caller.call("DELETE", "/v1/sessions/\(offer.session)", at: writer)
      guard end.status == 204 else { continue }
      await self.measure(freeSeats: 1, at: reader)
      try? await Task.sleep(for: .milliseconds(Int.random(in: 0...20, using: &self.generator)))
    }
  }

  private func measure(freeSeats: Int, at reader: Int) async {
    let acknowledged = EventLog.now
    let query = "game=\(Self.game)&limit=1"
    while EventLog.now - acknowledged < 3_000_000_000 {
      let answer = await self.caller.call("GET", "/v1/hosts", query: query, at: reader, signed: false)
      if let list = answer.decoded(as: HostList.self, when: 200), (list.hosts.first?.freeSeats ?? 0) == freeSeats {
        break
      }
      try? await Task.sleep(for: .milliseconds(1))
    }
    self.log.write(Event(.propagation, indexer: reader, invoked: acknowledged, returned: EventLog.now))
  }
}
