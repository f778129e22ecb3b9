public import IndexAPI

/// How busy a host is, at one moment.
public struct HostOccupancy: Hashable, Sendable {
  /// Seats without a session; one whose game is still being ended counts as taken.
  public var freeSeats: Int
  /// Sessions that came with a ticket and go on.
  public var sessions: [SessionID] = []
  /// Stages that stand ready for anybody, the game running.
  public var warmStages = 0
  /// Stages that stand ready for a session that is expected.
  public var keptStages = 0
  /// Whether new sessions are refused.
  public var isDraining = false
}

/// A session that came with a ticket and is over.
public struct EndedSession: Hashable, Sendable {
  public var session: SessionID
  /// For people; at most 200 bytes of UTF-8.
  public var reason: String
}
