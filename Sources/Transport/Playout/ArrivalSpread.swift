internal import MediaUnits

/// How late packets come, compared with those that come soonest: what a buffer must be able to wait for.
///
/// The two ends' clocks differ and drift apart, so that lateness is counted from the soonest packet of the last ten
/// seconds alone.
///
/// - Source: the idea of a histogram that forgets is that of NetEq, the jitter buffer of WebRTC.
struct ArrivalSpread: Sendable {
  private static let binCount = 256
  /// How much of what is known each packet makes forgotten: at 100 packets a second, half of it in 7 s.
  private static let forgetting: Float = 0.001
  /// One packet in 500 may come later than the buffer waits.
  private static let coveredShare: Float = 0.998
  private static let windowLength: Duration = .seconds(5)
  /// A step of this size is another clock, not a late packet.
  private static let longestLateness: Duration = .milliseconds(600)

  /// How much packets that were so many milliseconds late weigh.
  private var bins = [Float](repeating: 0, count: ArrivalSpread.binCount)
  /// The soonest way in this window and in the one before.
  private var soonest: (now: Int64, before: Int64) = (.max, .max)
  private var windowEnd = Instant.zero
  private var packetCount = 0
  /// Of the next packet: more than of the one before, which is how that is forgotten.
  private var weight: Float = 1
  /// How much later than the average packet nearly every packet is at most.
  private(set) var beyondAverage: Duration = .zero

  /// Notes a packet.
  ///
  /// - Parameter mediaTime: nanoseconds of the sender's clock.
  mutating func record(mediaTime: Int64, arrivedAt: Instant) {
    let way = arrivedAt.nanoseconds &- mediaTime
    let known = min(self.soonest.now, self.soonest.before)
    if known != .max, (way &- known).magnitude > UInt64(Self.longestLateness.wholeNanoseconds) {
      self.soonest = (.max, .max)
      self.windowEnd = .zero
    }
    if arrivedAt >= self.windowEnd {
      self.soonest = (.max, self.soonest.now)
      self.windowEnd = arrivedAt + Self.windowLength
    }
    self.soonest.now = min(self.soonest.now, way)
    let lateness = way - min(self.soonest.now, self.soonest.before)
    let bin = min(Int(lateness / 1_000_000), Self.binCount - 1)
    self.bins[bin] += self.weight
    self.weight /= 1 - Self.forgetting
    if self.weight > 1e6 {
      for index in self.bins.indices { self.bins[index] /= self.weight }
      self.weight = 1
    }
    self.packetCount += 1
    if self.packetCount < 64 || self.packetCount % 16 == 0 { self.summarize() }
  }

  private mutating func summarize() {
    let total = self.bins.reduce(0, +)
    var (sum, mean): (Float, Float) = (0, 0)
    var latest: Int?
    for (bin, weight) in self.bins.enumerated() where weight > 0 {
      sum += weight
      mean += weight * Float(bin) / total
      if latest == nil, sum >= Self.coveredShare * total { latest = bin + 1 }
    }
    self.beyondAverage = .microseconds(Int64(max(0, Float(latest ?? 0) - mean) * 1000))
  }
}
