internal import MediaUnits

/// Puts datagrams that were sent together into groups, and tells how the time between groups changed on the way.
///
/// - Source: draft-ietf-rmcat-gcc-02 §5.2; libwebrtc's `InterArrivalDelta`, for what belongs to a burst.
struct InterArrival: Hashable, Sendable {
  /// Between a group and the one before it.
  struct Deltas: Hashable, Sendable {
    var sent: Duration
    var arrived: Duration
  }

  private struct Group: Hashable, Sendable {
    var firstSentAt: Instant
    var lastSentAt: Instant
    var firstArrivedAt: Instant
    var lastArrivedAt: Instant
  }

  private static let groupLength = Duration.milliseconds(5)
  private static let burstInterval = Duration.milliseconds(5)
  private static let longestBurst = Duration.milliseconds(100)

  private var current: Group?
  private var previous: Group?

  /// - Returns: a value when a datagram begins a group and there are two before it.
  mutating func add(sentAt: Instant, arrivedAt: Instant) -> Deltas? {
    guard var group = self.current else {
      self.current = Self.group(sentAt, arrivedAt)
      return nil
    }
    guard sentAt >= group.firstSentAt else { return nil }
    guard sentAt - group.firstSentAt > Self.groupLength, !Self.isBurst(group, sentAt, arrivedAt) else {
      group.lastSentAt = max(group.lastSentAt, sentAt)
      group.lastArrivedAt = arrivedAt
      self.current = group
      return nil
    }
    defer {
      self.previous = group
      self.current = Self.group(sentAt, arrivedAt)
    }
    guard let previous = self.previous else { return nil }
    let arrived = group.lastArrivedAt - previous.lastArrivedAt
    guard arrived >= .zero else { return nil }
    return Deltas(sent: group.lastSentAt - previous.lastSentAt, arrived: arrived)
  }

  private static func group(_ sentAt: Instant, _ arrivedAt: Instant) -> Group {
    Group(firstSentAt: sentAt, lastSentAt: sentAt, firstArrivedAt: arrivedAt, lastArrivedAt: arrivedAt)
  }

  /// Whether a datagram came on the heels of the one before, as after a stop of the path.
  private static func isBurst(_ group: Group, _ sentAt: Instant, _ arrivedAt: Instant) -> Bool {
    let arrived = arrivedAt - group.lastArrivedAt
    let sent = sentAt - group.lastSentAt
    if sent == .zero { return true }
    return arrived < sent && arrived <= Self.burstInterval && arrivedAt - group.firstArrivedAt < Self.longestBurst
  }
}
