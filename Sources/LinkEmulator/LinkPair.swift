import MediaUnits
import NetworkSimulator

/// The two directions of a path, whose conditions a schedule changes.
struct LinkPair {
  /// Towards the target.
  var up: PooledLink
  var down: PooledLink
  private let startedAt: Instant
  private let schedule: LinkSchedule
  /// How many of its changes have been made.
  private var changeCount = 0

  /// - Parameter now: where traces, outages and the schedule count from.
  init(up: LinkConditions, down: LinkConditions, schedule: LinkSchedule, seed: UInt64, now: Instant) {
    self.up = PooledLink(up, seed: seed, start: now)
    self.down = PooledLink(down, seed: ~seed, start: now)
    self.schedule = schedule
    self.startedAt = now
  }

  /// When the next datagram is to be passed on, in either direction, or the conditions change.
  var deadline: Instant {
    min(self.up.deadline ?? .distantFuture, self.down.deadline ?? .distantFuture, self.nextChangeAt ?? .distantFuture)
  }

  /// Makes the changes that are due.
  mutating func followSchedule(now: Instant) {
    while let at = self.nextChangeAt, at <= now {
      let change = self.schedule.changes[self.changeCount]
      self.changeCount += 1
      for setting in change.settings {
        if change.direction != .down { self.up.conditions.apply(setting) }
        if change.direction != .up { self.down.conditions.apply(setting) }
      }
    }
  }

  private var nextChangeAt: Instant? {
    guard self.changeCount < self.schedule.changes.count else { return nil }
    return self.startedAt + self.schedule.changes[self.changeCount].at
  }
}
