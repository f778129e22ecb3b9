public import IndexAPI

/// What a player who asks for a seat is told.
public enum Answer: Hashable, Sendable {
  /// Its seat.
  case offer(SessionOffer)
  /// Its place in the queue.
  case queued(QueuePlace)
}
