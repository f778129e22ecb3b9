internal import MediaUnits

/// The longest time between two packets since somebody asked.
struct SilenceMeter: Sendable {
  private var lastAt: Instant?
  private var longest = Duration.zero

  mutating func heard(now: Instant) {
    if let lastAt = self.lastAt { self.longest = max(self.longest, now - lastAt) }
    self.lastAt = now
  }

  /// The longest since the last call.
  mutating func takeLongest() -> Duration {
    defer { self.longest = .zero }
    return self.longest
  }
}
