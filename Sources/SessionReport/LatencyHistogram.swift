/// A histogram of durations with a relative error below 1 %, from nanoseconds to 18 minutes, in 18 KB.
///
/// Things that never happened count too (``recordMissing()``): a percentile that falls among them is `nil`, so losses
/// cannot make latency look better.
///
/// - Source: Tene, HdrHistogram: linear sub-buckets within powers of two.
public struct LatencyHistogram: Hashable, Sendable {
  /// Sub-buckets per power of two; each is at most 1/128 of its value wide, and stands for its middle.
  private static let subBucketBits = 7
  private static let subBucketCount = 1 << Self.subBucketBits
  /// Longer durations count as this.
  public static let limit: Int64 = (1 << 40) - 1
  /// More durations than this are never read or merged; a bucket's count could not hold them all.
  static let maximumCount = Int64(UInt32.max)
  static let bucketCount = (40 - Self.subBucketBits + 1) * Self.subBucketCount

  var buckets = [UInt32](repeating: 0, count: Self.bucketCount)
  /// Durations recorded.
  public internal(set) var count: Int64 = 0
  /// Things that should have had a duration and never happened.
  public internal(set) var missingCount: Int64 = 0
  /// The shortest, exactly; 0 while there is none.
  public internal(set) var minimumNanoseconds: Int64 = 0
  /// The longest, exactly; 0 while there is none.
  public internal(set) var maximumNanoseconds: Int64 = 0
  var sum: Int64 = 0

  public init() {}

  /// Counts one duration.
  ///
  /// - Parameter nanoseconds: negative ones, which a clock's mapping can cause, count as 0.
  /// - Complexity: O(1); does not allocate.
  public mutating func record(nanoseconds: Int64) {
    let value = min(max(nanoseconds, 0), Self.limit)
    self.minimumNanoseconds = self.count == 0 ? value : min(self.minimumNanoseconds, value)
    self.maximumNanoseconds = max(self.maximumNanoseconds, value)
    self.count += 1
    self.sum += value
    self.buckets[Self.index(of: value)] += 1
  }

  /// Counts something that never happened: an infinite duration.
  public mutating func recordMissing() {
    self.missingCount += 1
  }

  /// Adds all of `other`.
  public mutating func merge(_ other: LatencyHistogram) {
    guard other.count > 0 || other.missingCount > 0 else { return }
    if other.count > 0 {
      self.minimumNanoseconds =
        self.count == 0 ? other.minimumNanoseconds : min(self.minimumNanoseconds, other.minimumNanoseconds)
      self.maximumNanoseconds = max(self.maximumNanoseconds, other.maximumNanoseconds)
    }
    self.count += other.count
    self.missingCount += other.missingCount
    self.sum += other.sum
    for index in self.buckets.indices { self.buckets[index] += other.buckets[index] }
  }

  /// The mean of what happened; 0 while nothing has.
  public var meanNanoseconds: Int64 { self.count == 0 ? 0 : self.sum / self.count }

  /// The duration that `percent` of all things, missing ones included, took at most.
  ///
  /// - Parameter percent: 0 … 100.
  /// - Returns: nanoseconds, within 1 %; `nil` if it is among the missing, or nothing was recorded.
  public func percentile(_ percent: Double) -> Int64? {
    let total = self.count + self.missingCount
    guard total > 0 else { return nil }
    let rank = max(1, Int64((percent / 100 * Double(total)).rounded(.up)))
    guard rank <= self.count else { return nil }
    if rank == self.count { return self.maximumNanoseconds }
    var seen: Int64 = 0
    for index in self.buckets.indices where self.buckets[index] > 0 {
      seen += Int64(self.buckets[index])
      if seen >= rank { return min(max(Self.middle(of: index), self.minimumNanoseconds), self.maximumNanoseconds) }
    }
    return self.maximumNanoseconds
  }

  static func index(of value: Int64) -> Int {
    // Below 128 every nanosecond has its bucket; above, each power of two has 128.
    guard value >= Int64(Self.subBucketCount) else { return Int(value) }
    let exponent = 63 - value.leadingZeroBitCount - Self.subBucketBits
    return (exponent + 1) << Self.subBucketBits + (Int(value >> Int64(exponent)) - Self.subBucketCount)
  }

  private static func middle(of index: Int) -> Int64 {
    guard index >= Self.subBucketCount else { return Int64(index) }
    let exponent = index >> Self.subBucketBits - 1
    let start = Int64(index & (Self.subBucketCount - 1) + Self.subBucketCount) << Int64(exponent)
    return start + (1 << Int64(exponent)) / 2
  }
}
