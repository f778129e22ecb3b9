import SeatHistory

/// A host that works: operations happen one after another, and are seen through messages that take their time.
enum SimulatedSeats {
  static func history(of count: Int, using generator: inout some RandomNumberGenerator) -> SeatHistory {
    var history = SeatHistory(capacity: Int.random(in: 1...4, using: &generator))
    var (now, live, next): (Int64, [String], Int) = (0, [], 0)
    for _ in 0..<count {
      now += Int64.random(in: 1...20, using: &generator)
      let (invoked, returned) = (
        now - Int64.random(in: 0...40, using: &generator), now + Int64.random(in: 0...40, using: &generator)
      )
      let isAnswered = Int.random(in: 0..<10, using: &generator) > 0
      let kind: SeatOperation.Kind
      var outcome = SeatOperation.Outcome.done
      switch Int.random(in: 0..<4, using: &generator) {
      case 0, 1:
        kind = .reserve(session: "\(next)", lease: .max)
        if live.count < history.capacity { live.append("\(next)") } else { outcome = .refused }
        next += 1
      case 2:
        let session = live.randomElement(using: &generator) ?? "nobody"
        kind = .release(session: session)
        outcome = live.contains(session) ? .done : .refused
        live.removeAll { $0 == session }
      default:
        kind = .observe(live: live)
      }
      history.operations.append(
        SeatOperation(kind, isAnswered ? outcome : .unknown, invoked: invoked, returned: returned)
      )
    }
    return history
  }

  /// An instant at which every seat was certainly taken: a refused reservation's, where one was asked for and answered at
  /// once after the history.
  static func fullInstant(of history: SeatHistory) -> Int64? {
    let end = (history.operations.map(\.returned).max() ?? 0) + 1
    var probe = history
    probe.operations.append(
      SeatOperation(.reserve(session: "probe", lease: .max), .done, invoked: end, returned: end)
    )
    return probe.verdict() == .linearizable ? nil : end
  }
}
