internal import MediaUnits

/// The slowest point of a path and the queue before it: says when each datagram leaves it, or that it never does.
///
/// Departures are settled on entry, from all that is known of the future: a trace's next steps and coming outages.
struct Bottleneck: Sendable {
  private struct Waiting: Sendable {
    var departsAt: Instant
    var byteCount: Int
  }

  /// A datagram that would take longer is dropped, whatever the queue allows: it bounds the work for each.
  static let longestTransmission: Duration = .seconds(60)

  /// When the last datagram has left.
  private(set) var freeAt = Instant.zero
  /// What is in the queue or being transmitted, from ``head`` on. Kept only where bytes are limited.
  private var waiting: [Waiting] = []
  private var head = 0
  private var waitingByteCount = 0

  /// - Returns: when the datagram starts and ends to be transmitted; `nil` if the queue is full.
  mutating func enter(
    byteCount: Int,
    now: Instant,
    conditions: LinkConditions,
    linkStart: Instant
  ) -> (startsAt: Instant, endsAt: Instant)? {
    let course = Course(conditions: conditions, linkStart: linkStart)
    if course.isUnlimited { return (now, now) }
    if let limit = conditions.queueByteCount {
      self.forgetDeparted(now: now)
      guard self.waitingByteCount == 0 || self.waitingByteCount + byteCount <= limit else { return nil }
    }
    let latestStart = now + min(conditions.queue, Self.longestTransmission)
    guard
      let startsAt = course.start(from: max(now, self.freeAt), notAfter: latestStart),
      let endsAt = course.end(of: byteCount, from: startsAt, notAfter: startsAt + Self.longestTransmission)
    else { return nil }
    self.freeAt = endsAt
    if conditions.queueByteCount != nil {
      self.waiting.append(Waiting(departsAt: endsAt, byteCount: byteCount))
      self.waitingByteCount += byteCount
    }
    return (startsAt, endsAt)
  }

  private mutating func forgetDeparted(now: Instant) {
    while self.head < self.waiting.count, self.waiting[self.head].departsAt <= now {
      self.waitingByteCount -= self.waiting[self.head].byteCount
      self.head += 1
    }
    if self.head * 2 > self.waiting.count {
      self.waiting.removeFirst(self.head)
      self.head = 0
    }
  }
}
