internal import MediaUnits

/// What one feedback packet newly told, for the log of decisions.
struct FeedbackTally: Sendable {
  private(set) var arrivedCount = 0
  private(set) var markedCount = 0
  private var byteCount = 0
  private(set) var lostCount = 0
  private var firstArrival: Instant?
  private var lastArrival = Instant.zero
  private var newestSentAt: Instant?
  private var wait = Duration.zero

  mutating func arrived(_ entry: SentPacketLog.Entry, at arrival: Instant, wait: Duration, isMarked: Bool) {
    self.arrivedCount += 1
    self.byteCount += entry.byteCount
    if isMarked { self.markedCount += 1 }
    self.firstArrival = min(self.firstArrival ?? arrival, arrival)
    self.lastArrival = max(self.lastArrival, arrival)
    guard entry.sentAt >= self.newestSentAt ?? entry.sentAt else { return }
    self.newestSentAt = entry.sentAt
    self.wait = wait
  }

  mutating func lost(_ count: Int) {
    self.lostCount += count
  }

  /// Writes it down, unless nothing of it was new.
  func record(into log: inout ControlTraceLog, loss: Double, now: Instant) {
    guard self.arrivedCount + self.lostCount > 0 else { return }
    log.record(
      at: now,
      .feedback(
        ControlTrace.Feedback(
          ackedPacketCount: self.arrivedCount,
          ackedByteCount: self.byteCount,
          lostPacketCount: self.lostCount,
          markedPacketCount: self.markedCount,
          arrivalSpan: self.firstArrival.map { self.lastArrival - $0 } ?? .zero,
          roundTrip: self.newestSentAt.map { now - $0 } ?? .zero,
          queueDelay: self.newestSentAt == nil ? nil : self.wait,
          loss: loss
        )
      )
    )
  }
}
