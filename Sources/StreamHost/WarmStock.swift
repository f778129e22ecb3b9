import MediaUnits

/// Decides when a warm stage is started: how many there shall be, and how long to hold back after a session or a
/// failure.
struct WarmStock {
  private static let longestBackoff: Duration = .seconds(60)
  /// A stage that stood this long was not broken from the start.
  private static let soundLifetime: Duration = .seconds(60)

  /// Stages that shall stand ready.
  let wanted: Int
  /// How long a session that has just started has the machine to itself.
  let delay: Duration
  private(set) var failures = 0
  /// The earliest instant at which the next stage may be started.
  private(set) var nextStart = Instant.zero

  init(wanted: Int, delay: Duration) {
    self.wanted = wanted
    self.delay = delay
  }

  /// A session began, on a warm stage or not.
  mutating func sessionStarted(now: Instant) {
    self.nextStart = max(self.nextStart, now + self.delay)
  }

  /// A warm stage served its purpose.
  mutating func succeeded() {
    self.failures = 0
  }

  /// A warm stage ended before anybody came.
  ///
  /// - Parameter lifetime: since it was started.
  /// - Returns: how long the next is held back.
  @discardableResult
  mutating func failed(after lifetime: Duration, now: Instant) -> Duration {
    self.failures = lifetime >= Self.soundLifetime ? 1 : self.failures + 1
    let backoff = min(Self.longestBackoff, .milliseconds(500) * (1 << min(self.failures - 1, 16)))
    self.nextStart = max(self.nextStart, now + backoff)
    return backoff
  }

  /// Whether a stage shall be started now.
  ///
  /// - Parameters:
  ///   - standing: stages that stand by, or are on their way there.
  ///   - isStarting: one of them is not ready yet. Two would only slow each other down.
  ///   - freeSeats: seats without a session.
  func shouldStart(standing: Int, isStarting: Bool, freeSeats: Int, now: Instant) -> Bool {
    self.isWanting(standing: standing, isStarting: isStarting, freeSeats: freeSeats) && self.nextStart <= now
  }

  /// When to ask again; `nil` when only an event changes the answer.
  func deadline(standing: Int, isStarting: Bool, freeSeats: Int) -> Instant? {
    self.isWanting(standing: standing, isStarting: isStarting, freeSeats: freeSeats) ? self.nextStart : nil
  }

  private func isWanting(standing: Int, isStarting: Bool, freeSeats: Int) -> Bool {
    standing < min(self.wanted, freeSeats) && !isStarting
  }
}
