internal import MediaUnits

/// How the rate of a bottleneck goes on from an instant: outages before traces before the link's own rate.
struct Course {
  private enum Pace {
    case stopped
    case limited(bitsPerSecond: Int64)
    case unlimited
  }

  let conditions: LinkConditions
  let linkStart: Instant

  /// Whether nothing ever waits.
  var isUnlimited: Bool {
    self.conditions.rate.bitsPerSecond == 0 && self.conditions.trace == nil && self.conditions.outages.isEmpty
  }

  /// The first instant from `instant` on at which something is transmitted; `nil` if that is after `limit`.
  func start(from instant: Instant, notAfter limit: Instant) -> Instant? {
    var cursor = instant
    while cursor <= limit {
      let (pace, until) = self.pace(at: cursor)
      guard case .stopped = pace else { return cursor }
      guard let until else { return nil }
      cursor = until
    }
    return nil
  }

  /// When `byteCount` bytes are through that start at `instant`; `nil` if that is after `limit`.
  func end(of byteCount: Int, from instant: Instant, notAfter limit: Instant) -> Instant? {
    var cursor = instant
    var bits = Double(byteCount) * 8
    while cursor <= limit {
      let (pace, until) = self.pace(at: cursor)
      switch pace {
      case .unlimited: return cursor
      case .stopped:
        guard let until else { return nil }
        cursor = until
      case .limited(let bitsPerSecond):
        let end = cursor + .nanoseconds(Int64(bits * 1e9 / Double(bitsPerSecond)))
        guard let until, until < end else { return end <= limit ? end : nil }
        bits -= Double(bitsPerSecond) * (until - cursor).inSeconds
        cursor = until
      }
    }
    return nil
  }

  /// The pace at `instant` and the first instant at which it may be another; `nil` if it stays.
  private func pace(at instant: Instant) -> (Pace, until: Instant?) {
    let elapsed = instant - self.linkStart
    var until: Instant?
    for outage in self.conditions.outages {
      let state = outage.state(at: elapsed)
      let end = state.remaining.map { instant + $0 }
      if state.isOut { return (.stopped, end) }
      if let end { until = min(until ?? end, end) }
    }
    var rate = self.conditions.rate
    if let position = self.conditions.trace?.position(at: elapsed) {
      let end = instant + position.remaining
      until = min(until ?? end, end)
      if let traced = position.step.rate {
        guard traced.bitsPerSecond > 0 else { return (.stopped, until) }
        rate = traced
      }
    }
    return (rate.bitsPerSecond > 0 ? .limited(bitsPerSecond: rate.bitsPerSecond) : .unlimited, until)
  }
}
