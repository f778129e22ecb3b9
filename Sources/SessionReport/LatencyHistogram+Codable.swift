/// All that a histogram knows, so that what several machines measured can be added up later without loss.
///
/// The buckets that hold something are one text, `index:count` each, in order. A bucket below 128 holds the durations of
/// as many nanoseconds; bucket *i* above starts at (*i* mod 128 + 128) · 2^(⌊*i* / 128⌋ − 1) nanoseconds.
extension LatencyHistogram: Codable {
  private enum CodingKeys: String, CodingKey {
    case buckets, count, missing, minimumNanoseconds, maximumNanoseconds, sumNanoseconds
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let buckets = self.buckets.enumerated().filter { $0.element > 0 }.map { "\($0.offset):\($0.element)" }
    try container.encode(buckets.joined(separator: " "), forKey: .buckets)
    try container.encode(self.count, forKey: .count)
    try container.encode(self.missingCount, forKey: .missing)
    try container.encode(self.minimumNanoseconds, forKey: .minimumNanoseconds)
    try container.encode(self.maximumNanoseconds, forKey: .maximumNanoseconds)
    try container.encode(self.sum, forKey: .sumNanoseconds)
  }

  /// Reads what ``encode(to:)`` wrote.
  ///
  /// - Throws: `DecodingError` where no recording could have led to the figures.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func wrong(_ key: CodingKeys, _ message: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: message)
    }
    var buckets = [UInt32](repeating: 0, count: Self.bucketCount)
    var (count, last, first): (Int64, Int?, Int?) = (0, nil, nil)
    for pair in try container.decode(String.self, forKey: .buckets).split(separator: " ") {
      let parts = pair.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let index = Int(parts[0]), let number = UInt32(parts[1]), number > 0,
        buckets.indices.contains(index), index > last ?? -1
      else { throw wrong(.buckets, "buckets are index:count, in order, from 0 to \(Self.bucketCount - 1)") }
      buckets[index] = number
      count += Int64(number)
      (first, last) = (first ?? index, index)
    }
    self.init()
    self.buckets = buckets
    self.count = try container.decode(Int64.self, forKey: .count)
    self.missingCount = try container.decode(Int64.self, forKey: .missing)
    self.minimumNanoseconds = try container.decode(Int64.self, forKey: .minimumNanoseconds)
    self.maximumNanoseconds = try container.decode(Int64.self, forKey: .maximumNanoseconds)
    self.sum = try container.decode(Int64.self, forKey: .sumNanoseconds)
    guard self.count == count, count <= Self.maximumCount else {
      throw wrong(.count, "is not the sum of the buckets' counts, or above \(Self.maximumCount)")
    }
    guard 0...Self.maximumCount ~= self.missingCount else {
      throw wrong(.missing, "is not 0 to \(Self.maximumCount)")
    }
    guard let first, let last else {
      guard self.minimumNanoseconds == 0, self.maximumNanoseconds == 0, self.sum == 0 else {
        throw wrong(.maximumNanoseconds, "nothing was recorded, so minimum, maximum and sum are 0")
      }
      return
    }
    guard 0...Self.limit ~= self.minimumNanoseconds, 0...Self.limit ~= self.maximumNanoseconds,
      Self.index(of: self.minimumNanoseconds) == first, Self.index(of: self.maximumNanoseconds) == last
    else { throw wrong(.minimumNanoseconds, "minimum and maximum are not in the first and the last bucket") }
    guard self.sum >= self.minimumNanoseconds, self.sum / count <= self.maximumNanoseconds else {
      throw wrong(.sumNanoseconds, "is not between count times the minimum and count times the maximum")
    }
  }

  /// Whether ``merge(_:)`` with `other` stays within what a histogram can count.
  public func canMerge(_ other: LatencyHistogram) -> Bool {
    self.count + other.count <= Self.maximumCount && self.missingCount + other.missingCount <= Self.maximumCount
      && !self.sum.addingReportingOverflow(other.sum).overflow
  }
}
