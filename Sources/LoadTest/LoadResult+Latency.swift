public import SessionReport

extension LoadResult {
  /// How long something took. JSON holds some percentiles in milliseconds for people, and the histogram to go on with.
  public struct Latency: Hashable, Sendable {
    public var histogram: LatencyHistogram

    public init(_ histogram: LatencyHistogram) {
      self.histogram = histogram
    }

    public var count: Int64 { self.histogram.count }
    /// What never happened.
    public var missing: Int64 { self.histogram.missingCount }
    /// The longest, in milliseconds.
    public var max: Double { Double(self.histogram.maximumNanoseconds) / 1e6 }

    /// Milliseconds; `nil` where so many never happened.
    public func percentile(_ percent: Double) -> Double? {
      self.histogram.percentile(percent).map { Double($0) / 1e6 }
    }
  }
}

extension LoadResult.Latency: Codable {
  private enum CodingKeys: String, CodingKey {
    case histogram, p50, p95, p99, p999, max
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(self.histogram, forKey: .histogram)
    try container.encode(self.percentile(50), forKey: .p50)
    try container.encode(self.percentile(95), forKey: .p95)
    try container.encode(self.percentile(99), forKey: .p99)
    try container.encode(self.percentile(99.9), forKey: .p999)
    try container.encode(self.max, forKey: .max)
  }

  /// Reads the histogram alone: all else follows from it.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try container.decode(LatencyHistogram.self, forKey: .histogram))
  }
}
