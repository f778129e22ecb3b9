internal import MediaUnits

/// What became of the packets that one request asked for, for the log of decisions.
struct RepairTally: Sendable {
  /// What was decided about one packet.
  enum Answer: Sendable {
    case resend(copies: Int)
    /// It would come too late.
    case late
    /// It is not known, is on its way already, or too much is.
    case refuse
  }

  private var resentCount = 0
  private var copies = 0
  private var lateCount = 0
  private var refusedCount = 0
  /// Since the oldest of those that are known was first sent.
  private var oldestAge = Duration.zero

  /// Whether some would come too late.
  var hasLate: Bool { self.lateCount > 0 }

  mutating func add(_ answer: Answer, age: Duration) {
    self.oldestAge = max(self.oldestAge, age)
    switch answer {
    case .resend(let copies):
      self.resentCount += 1
      self.copies = max(self.copies, copies)
    case .late: self.lateCount += 1
    case .refuse: self.refusedCount += 1
    }
  }

  /// Writes down each kind of answer that was given.
  func record(into log: inout ControlTraceLog, roundTrip: Duration?, now: Instant) {
    func record(_ action: ControlTrace.Repair.Action, _ count: Int, copies: Int = 0) {
      guard count > 0 else { return }
      log.record(
        at: now,
        .repair(
          ControlTrace.Repair(
            action: action,
            packetCount: count,
            copies: copies,
            age: self.oldestAge,
            roundTrip: roundTrip
          )
        )
      )
    }
    record(.resend, self.resentCount, copies: self.copies)
    record(.late, self.lateCount)
    record(.refuse, self.refusedCount)
  }
}
