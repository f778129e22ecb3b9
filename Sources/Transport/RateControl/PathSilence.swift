internal import MediaUnits

/// Notices that nothing is heard of what was sent: on the sender's own clock, since nobody tells of an outage while it lasts.
struct PathSilence: Sendable {
  /// What a round trip is taken for before one is known.
  static let unknownRoundTrip: Duration = .milliseconds(200)
  /// How much longer than a round trip nothing may be heard.
  private static let patience: Duration = .milliseconds(60)

  private var lastHeardAt: Instant?
  private var probedAt = Instant.zero
  /// When the time without a word from the player began that it is being probed for.
  private var silentSince: Instant?

  /// When something must have been heard.
  ///
  /// - Parameter oldest: when the oldest packet was sent that nothing has been heard of.
  func heardBy(oldest: Instant, roundTrip: Duration?) -> Instant {
    max(self.lastHeardAt ?? .zero, oldest) + (roundTrip ?? Self.unknownRoundTrip) + Self.patience
  }

  /// When to ask next whether the path is back.
  func probeAt(oldest: Instant, roundTrip: Duration?, interval: Duration) -> Instant {
    max(self.heardBy(oldest: oldest, roundTrip: roundTrip), self.probedAt + interval)
  }

  /// The path is being asked.
  ///
  /// - Returns: for how long nothing was heard, the first time in this silence.
  mutating func probed(now: Instant) -> Duration? {
    self.probedAt = now
    guard self.silentSince == nil else { return nil }
    let since = self.lastHeardAt ?? now
    self.silentSince = since
    return now - since
  }

  /// The player says something.
  ///
  /// - Returns: how long the silence was, if that is its end.
  mutating func heard(now: Instant) -> Duration? {
    self.lastHeardAt = now
    defer { self.silentSince = nil }
    return self.silentSince.map { now - $0 }
  }
}
