/// How long something took, as often as it happened: cumulative counts for metrics, and the last few values for charts.
public struct LatencyDistribution: Hashable, Sendable {
  /// Upper bounds of the buckets in microseconds; one more bucket holds what is beyond.
  public static let bounds = [
    100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
    5_000_000,
  ]
  /// The most values of ``recent``.
  public static let recentCount = 512

  /// One for each of ``bounds``, and one for what is beyond; not cumulative.
  public private(set) var counts = [Int](repeating: 0, count: Self.bounds.count + 1)
  public private(set) var count = 0
  public private(set) var sumMicroseconds = 0
  private var ring: [Int] = []
  private var next = 0

  public init() {}

  public mutating func add(microseconds: Int) {
    let bucket = Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count
    self.counts[bucket] += 1
    self.count += 1
    self.sumMicroseconds += microseconds
    if self.ring.count < Self.recentCount {
      self.ring.append(microseconds)
    } else {
      self.ring[self.next] = microseconds
      self.next = (self.next + 1) % Self.recentCount
    }
  }

  /// The last values in microseconds, oldest first.
  public var recent: [Int] { Array(self.ring[self.next...] + self.ring[..<self.next]) }
}
