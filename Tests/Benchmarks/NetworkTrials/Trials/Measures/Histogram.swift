internal import MediaUnits

/// Counts of times, in bins of half a millisecond, of which several can be added up.
public struct Histogram: Hashable, Sendable {
  private static let binNanoseconds: Int64 = 500_000
  private static let binCount = 40_000

  private var bins: [Int64] = []
  public private(set) var count: Int64 = 0

  public init() {}

  /// - Parameter time: negative ones count as zero, those beyond 20 s as 20 s.
  mutating func record(_ time: Duration) {
    let bin = Int(max(0, time.wholeNanoseconds) / Self.binNanoseconds)
    let index = min(bin, Self.binCount - 1)
    if index >= self.bins.count {
      self.bins.append(contentsOf: repeatElement(0, count: index + 1 - self.bins.count))
    }
    self.bins[index] += 1
    self.count += 1
  }

  public mutating func add(_ other: Histogram) {
    if other.bins.count > self.bins.count {
      self.bins.append(contentsOf: repeatElement(0, count: other.bins.count - self.bins.count))
    }
    for (index, count) in other.bins.enumerated() { self.bins[index] += count }
    self.count += other.count
  }

  /// The least time in milliseconds that `share` of the samples do not exceed, to half a millisecond; 0 without samples.
  public func milliseconds(at share: Double) -> Double {
    guard self.count > 0 else { return 0 }
    let wanted = Int64((share * Double(self.count)).rounded(.up))
    var seen: Int64 = 0
    for (index, count) in self.bins.enumerated() {
      seen += count
      if seen >= wanted { return Double(index + 1) / 2 }
    }
    return Double(self.bins.count) / 2
  }
}
