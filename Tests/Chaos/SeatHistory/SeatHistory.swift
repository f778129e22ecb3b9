/// Everything that was done with one host's seats.
///
/// Hosts do not share seats, so a network is linearizable exactly when each of its hosts is (locality), and each history
/// is small enough to decide.
///
/// The sequential object is a set of at most ``capacity`` sessions, each with a lease. When a lease is over the session
/// *may* end, at once, later or never: that is the store's to choose, so the checker grants it every choice.
///
/// - Source: Herlihy and Wing, "Linearizability", TOPLAS 12(3), 1990; Wing and Gong, JPDC 17, 1993; Lowe, "Testing for
///   linearizability", 2017, for remembering states that have led nowhere.
public struct SeatHistory: Codable, Hashable, Sendable {
  public enum Verdict: Hashable, Sendable {
    case linearizable
    /// No order explains it. At best everything before `operation`, an index into ``operations``, fits.
    case notLinearizable(operation: Int)
    /// More states than were allowed.
    case undecided
  }

  /// Seats of the host.
  public var capacity: Int
  /// In any order.
  public var operations: [SeatOperation]

  public init(capacity: Int, operations: [SeatOperation] = []) {
    self.capacity = capacity
    self.operations = operations
  }

  /// Looks for one order that explains every answer.
  ///
  /// - Parameters:
  ///   - slack: nanoseconds by which a lease may end early, for clocks that run at different speeds.
  ///   - stateLimit: states to look at before giving up.
  /// - Complexity: linear in the operations where few overlap; the worst case is exponential, and cut off by
  ///   `stateLimit`.
  public func verdict(slack: Int64 = 0, stateLimit: Int = 1_000_000) -> Verdict {
    var search = LinearizationSearch(self, slack: slack)
    return search.run(stateLimit: stateLimit)
  }
}
