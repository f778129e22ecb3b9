import MediaUnits

/// When a picture that does not change is sent again.
///
/// The first frame of a still picture was squeezed into one frame's budget; a few quick repeats bring its quality up.
/// After that a slow repeat keeps the player's picture fresh and its losses short.
struct RepeatSchedule {
  private static let quickRepeats = 4
  private static let quickInterval: Duration = .milliseconds(50)
  private static let slowInterval: Duration = .milliseconds(500)

  private var repeats = 0
  private(set) var dueAt = Instant.zero

  /// A frame was sent.
  mutating func sent(isRepeat: Bool, now: Instant) {
    self.repeats = isRepeat ? self.repeats + 1 : 0
    self.dueAt = now + (self.repeats < Self.quickRepeats ? Self.quickInterval : Self.slowInterval)
  }
}
