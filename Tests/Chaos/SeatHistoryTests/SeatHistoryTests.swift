import MediaUnits
import SeatHistory
import Testing

@Suite("The linearizability checker")
struct SeatHistoryTests {
  private static let lease: Int64 = 1_000

  private static func reserve(
    _ session: String,
    _ times: ClosedRange<Int64>,
    _ outcome: SeatOperation.Outcome = .done
  ) -> SeatOperation {
    .init(.reserve(session: session, lease: Self.lease), outcome, invoked: times.lowerBound, returned: times.upperBound)
  }

  private static func extend(
    _ session: String,
    _ times: ClosedRange<Int64>,
    _ outcome: SeatOperation.Outcome = .done
  ) -> SeatOperation {
    .init(.extend(session: session, lease: .max), outcome, invoked: times.lowerBound, returned: times.upperBound)
  }

  private static func release(
    _ session: String,
    _ times: ClosedRange<Int64>,
    _ outcome: SeatOperation.Outcome = .done
  ) -> SeatOperation {
    .init(.release(session: session), outcome, invoked: times.lowerBound, returned: times.upperBound)
  }

  private static func observe(_ live: [String], _ times: ClosedRange<Int64>) -> SeatOperation {
    .init(.observe(live: live), .done, invoked: times.lowerBound, returned: times.upperBound)
  }

  private func verdict(seats: Int = 1, _ operations: SeatOperation...) -> SeatHistory.Verdict {
    SeatHistory(capacity: seats, operations: operations).verdict()
  }

  // What must be accepted.

  @Test("accepts a seat that is given, released and given again")
  func reuse() {
    let operations = [Self.reserve("a", 0...9), Self.release("a", 20...29), Self.reserve("b", 30...39)]
    #expect(SeatHistory(capacity: 1, operations: operations).verdict() == .linearizable)
  }

  @Test("accepts a grant that overlaps the release that made room for it, whichever was asked first")
  func overlap() {
    #expect(
      self.verdict(Self.reserve("a", 0...9), Self.reserve("b", 10...50), Self.release("a", 20...60)) == .linearizable
    )
  }

  @Test("accepts that a seat is given again when its lease is over, and not an instant before")
  func expiry() {
    #expect(self.verdict(Self.reserve("a", 0...9), Self.reserve("b", 900...1_000)) == .linearizable)
    #expect(
      self.verdict(Self.reserve("a", 0...9), Self.reserve("b", 900...999)) == .notLinearizable(operation: 1)
    )
  }

  @Test("takes the lease's clock to be as wrong as it is told")
  func slack() {
    let history = SeatHistory(capacity: 1, operations: [Self.reserve("a", 0...9), Self.reserve("b", 900...950)])
    #expect(history.verdict(slack: 49) == .notLinearizable(operation: 1))
    #expect(history.verdict(slack: 50) == .linearizable)
  }

  @Test("lets a release without an answer have happened, or not")
  func unknownRelease() {
    let before = [Self.reserve("a", 0...9), Self.release("a", 20...20, .unknown)]
    let given = before + [Self.reserve("b", 30...39)]
    let kept = before + [Self.observe(["a"], 40...49), Self.extend("a", 50...59)]
    #expect(SeatHistory(capacity: 1, operations: given).verdict() == .linearizable)
    #expect(SeatHistory(capacity: 1, operations: kept).verdict() == .linearizable)
    let both = given + [Self.extend("a", 50...59)]
    #expect(SeatHistory(capacity: 1, operations: both).verdict() != .linearizable)
  }

  @Test("lets a reservation without an answer have happened, or not, and once only")
  func unknownReservation() {
    let asked = Self.reserve("a", 0...0, .unknown)
    #expect(self.verdict(asked, Self.extend("a", 10...19)) == .linearizable)
    #expect(self.verdict(asked, Self.reserve("b", 10...19)) == .linearizable)
    #expect(self.verdict(asked, Self.reserve("b", 10...19, .refused)) == .linearizable)
    #expect(self.verdict(asked, Self.reserve("b", 10...19), Self.extend("a", 20...29)) != .linearizable)
    #expect(
      self.verdict(asked, Self.release("a", 10...19), Self.observe([], 20...29), Self.observe(["a"], 30...39))
        != .linearizable
    )
  }

  // What must be rejected.

  @Test("rejects a seat that is given twice")
  func doubleGrant() {
    #expect(
      self.verdict(Self.reserve("a", 0...9), Self.reserve("b", 10...19)) == .notLinearizable(operation: 1)
    )
    #expect(
      self.verdict(seats: 2, Self.reserve("a", 0...9), Self.reserve("b", 0...9), Self.reserve("c", 5...19))
        != .linearizable
    )
  }

  @Test("rejects a seat that is given twice at once")
  func concurrentDoubleGrant() {
    #expect(self.verdict(Self.reserve("a", 0...50), Self.reserve("b", 10...40)) != .linearizable)
  }

  @Test("rejects a seat that is given again while the host lets its player in")
  func grantOfRunningSeat() {
    let operations = [Self.reserve("a", 0...9), Self.extend("a", 500...500), Self.reserve("b", 2_000...2_009)]
    #expect(SeatHistory(capacity: 1, operations: operations).verdict() == .notLinearizable(operation: 2))
  }

  @Test("rejects a reservation that was acknowledged and then lost")
  func lostGrant() {
    #expect(self.verdict(Self.reserve("a", 0...9), Self.extend("a", 10...19, .refused)) != .linearizable)
    #expect(self.verdict(Self.reserve("a", 0...9), Self.release("a", 10...19, .refused)) != .linearizable)
    #expect(self.verdict(Self.reserve("a", 0...9), Self.observe([], 10...19)) != .linearizable)
  }

  @Test("rejects a stale read: a session that has ended, a full host that is not")
  func staleRead() {
    let ended = [Self.reserve("a", 0...9), Self.release("a", 10...19)]
    let seen = SeatHistory(capacity: 1, operations: ended + [Self.observe(["a"], 20...29)])
    #expect(seen.verdict() == .notLinearizable(operation: 2))
    let refused = SeatHistory(capacity: 1, operations: ended + [Self.reserve("b", 20...29, .refused)])
    #expect(refused.verdict() == .notLinearizable(operation: 2))
  }

  @Test("rejects that a session comes back, and that one is given twice")
  func resurrection() {
    #expect(
      self.verdict(Self.reserve("a", 0...9), Self.release("a", 10...19), Self.extend("a", 20...29)) != .linearizable
    )
    #expect(self.verdict(seats: 2, Self.reserve("a", 0...9), Self.reserve("a", 10...19)) != .linearizable)
  }

  @Test("rejects two reads whose orders contradict each other")
  func contradiction() {
    #expect(
      self.verdict(
        seats: 2,
        Self.reserve("a", 0...100),
        Self.reserve("b", 0...100),
        Self.observe(["a"], 10...20),
        Self.observe(["b"], 30...40)
      ) != .linearizable
    )
  }

  @Test("gives up rather than take for ever")
  func limit() {
    let operations = (0..<20).map { Self.reserve("\($0)", 0...100) }
    #expect(SeatHistory(capacity: 19, operations: operations).verdict(stateLimit: 1_000) == .undecided)
  }

  // At length.

  @Test("decides a hundred operations of each of thirty hosts, right and wrong", arguments: [1, 2, 3] as [UInt64])
  func many(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    for _ in 0..<30 {
      let history = SimulatedSeats.history(of: 100, using: &generator)
      #expect(history.verdict() == .linearizable)
      var wrong = history
      // A grant that nobody made, in the middle of the time in which every seat was taken.
      guard let instant = SimulatedSeats.fullInstant(of: history) else { continue }
      wrong.operations.append(
        .init(.reserve(session: "thief", lease: .max), .done, invoked: instant, returned: instant)
      )
      #expect(wrong.verdict() != .linearizable)
    }
  }
}
