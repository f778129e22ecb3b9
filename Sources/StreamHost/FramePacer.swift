import MediaUnits

/// Limits captures to the granted frame rate without imposing a clock of its own.
///
/// A game that draws at the granted rate, give or take some jitter, loses no frame; one that draws faster is thinned to
/// that rate, newest first.
///
/// - Source: the generic cell rate algorithm, ITU-T I.371 annex A.
struct FramePacer {
  /// Frames per second.
  let frameRate: Int
  private let interval: Duration
  private let tolerance: Duration
  private var theoretical = Instant.zero

  init(frameRate: Int) {
    self.frameRate = frameRate
    self.interval = .nanoseconds(1_000_000_000 / Int64(frameRate))
    self.tolerance = self.interval * 3 / 4
  }

  /// The earliest instant at which the next frame may be captured.
  var nextAllowed: Instant { self.theoretical - self.tolerance }

  /// A frame was captured.
  mutating func captured(at now: Instant) {
    // Lateness of up to an interval is forgiven. If one late frame moved the schedule, a game that keeps exactly to the
    // rate would be held back by the rest of that lateness for good.
    self.theoretical = max(self.theoretical, now - self.interval) + self.interval
  }
}
