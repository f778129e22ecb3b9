import MediaUnits

/// How fast seats become free, from when the last of them did.
struct ReleaseRate: Sendable {
  private static let capacity = 32

  /// Since when somebody waits, then each release; the latest few.
  private var instants: [Instant] = []

  init() {}

  var latest: Instant { self.instants.last ?? .zero }

  /// Somebody begins to wait where nobody did: the time before says nothing about how long a wait is.
  mutating func start(_ now: Instant) {
    guard self.instants.count < 2 else { return }
    self.instants = [now]
  }

  mutating func note(_ now: Instant) {
    if self.instants.count == Self.capacity { self.instants.removeFirst() }
    self.instants.append(now)
  }

  /// The mean time from one release to the next; one that is overdue counts for as long as it has been.
  ///
  /// - Returns: `nil` until there was a release.
  func interval(now: Instant) -> Duration? {
    guard self.instants.count > 1, let first = self.instants.first, let last = self.instants.last else { return nil }
    let mean = (last - first).inSeconds / Double(self.instants.count - 1)
    let overdue = (now - first).inSeconds / Double(self.instants.count)
    return .seconds(max(mean, overdue, 0.001))
  }
}
