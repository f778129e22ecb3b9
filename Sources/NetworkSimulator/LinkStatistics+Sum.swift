extension LinkStatistics {
  /// What two links did together.
  public static func + (one: LinkStatistics, other: LinkStatistics) -> LinkStatistics {
    var sum = one
    sum.sent += other.sent
    sum.sentByteCount += other.sentByteCount
    sum.lost += other.lost
    sum.queueDropped += other.queueDropped
    sum.duplicated += other.duplicated
    sum.reordered += other.reordered
    sum.marked += other.marked
    sum.delivered += other.delivered
    sum.deliveredByteCount += other.deliveredByteCount
    sum.longestWait = max(sum.longestWait, other.longestWait)
    return sum
  }
}
