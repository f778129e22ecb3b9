/// How long to wait before the next attempt: nearly nothing at first, then twice as long each time, never in step with
/// the other hosts that lost the same indexer.
struct Backoff {
  /// The first attempt comes within this.
  static let first: Duration = .milliseconds(500)
  static let longest: Duration = .seconds(30)

  private(set) var attempts = 0

  /// The wait before the next attempt, which is counted.
  mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
    defer { self.attempts += 1 }
    guard self.attempts > 0 else { return Self.first * Double.random(in: 0...1, using: &generator) }
    let wait = min(Self.longest, Self.first * (1 << min(self.attempts, 10)))
    return min(Self.longest, wait * Double.random(in: 0.8...1.2, using: &generator))
  }

  /// An attempt succeeded.
  mutating func reset() {
    self.attempts = 0
  }
}
