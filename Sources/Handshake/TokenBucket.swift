internal import MediaUnits

/// Allows so many things a second, and so many at once.
struct TokenBucket: Hashable, Sendable {
  private let ratePerSecond: Double
  private let burst: Double
  private var tokens: Double
  private var filledAt: Instant?

  init(ratePerSecond: Int, burst: Int) {
    precondition(ratePerSecond > 0 && burst > 0, "a bucket that never allows anything stops everything")
    self.ratePerSecond = Double(ratePerSecond)
    self.burst = Double(burst)
    self.tokens = Double(burst)
  }

  /// Takes one token, if there is one.
  mutating func take(now: Instant) -> Bool {
    if let filledAt = self.filledAt {
      self.tokens = min(self.burst, self.tokens + max(0, (now - filledAt).inSeconds) * self.ratePerSecond)
    }
    self.filledAt = now
    guard self.tokens >= 1 else { return false }
    self.tokens -= 1
    return true
  }
}
