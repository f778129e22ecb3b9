/// What became of the datagrams that a ``SimulatedLink`` was given.
///
/// `sent + duplicated == lost + queueDropped + delivered +` those still under way.
public struct LinkStatistics: Hashable, Sendable {
  /// Datagrams given to the link.
  public var sent = 0
  /// Bytes given to the link.
  public var sentByteCount = 0
  /// Lost at random.
  public var lost = 0
  /// Dropped because the bottleneck's queue was full.
  public var queueDropped = 0
  /// Second copies made.
  public var duplicated = 0
  /// Held back so that later datagrams pass.
  public var reordered = 0
  /// Marked as having met congestion.
  public var marked = 0
  /// Datagrams that came out, second copies included.
  public var delivered = 0
  /// Bytes that came out.
  public var deliveredByteCount = 0
  /// The longest that any datagram waited for the bottleneck.
  public var longestWait: Duration = .zero

  public init() {}
}
