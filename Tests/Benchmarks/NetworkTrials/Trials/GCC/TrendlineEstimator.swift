internal import MediaUnits

/// Whether the queue on the path grows, from the slope of the delay over the last groups of datagrams.
///
/// - Source: libwebrtc's `TrendlineEstimator`, whose constants these are; draft-ietf-rmcat-gcc-02 §5.4 for the threshold.
struct TrendlineEstimator: Hashable, Sendable {
  enum Usage: Hashable, Sendable {
    case normal
    case over
    case under
  }

  private struct Point: Hashable, Sendable {
    var time: Double
    var delay: Double
  }

  private static let (windowCount, smoothing, gain) = (20, 0.9, 4.0)
  private static let (mostDeltas, mostCountedDeltas) = (1000, 60)
  private static let (rise, fall) = (0.0087, 0.039)
  private static let largestExcess = 15.0
  /// Overuse must last longer than this, in milliseconds.
  private static let overuseTime = 10.0

  private(set) var usage = Usage.normal
  private(set) var threshold = 12.5
  private var points: [Point] = []
  private var deltaCount = 0
  private var accumulated = 0.0
  private var smoothed = 0.0
  private var firstArrivedAt: Instant?
  private var trend = 0.0
  private var timeOverUsing: Double?
  private var overuseCount = 0
  private var thresholdChangedAt: Instant?

  mutating func add(_ deltas: InterArrival.Deltas, arrivedAt: Instant) {
    self.deltaCount = min(self.deltaCount + 1, Self.mostDeltas)
    let first = self.firstArrivedAt ?? arrivedAt
    self.firstArrivedAt = first
    self.accumulated += (deltas.arrived - deltas.sent).inMilliseconds
    self.smoothed = Self.smoothing * self.smoothed + (1 - Self.smoothing) * self.accumulated
    self.points.append(Point(time: (arrivedAt - first).inMilliseconds, delay: self.smoothed))
    if self.points.count > Self.windowCount { self.points.removeFirst() }
    var trend = self.trend
    if self.points.count == Self.windowCount, let slope = Self.slope(of: self.points) { trend = slope }
    self.detect(trend, sent: deltas.sent.inMilliseconds, now: arrivedAt)
  }

  private static func slope(of points: [Point]) -> Double? {
    let count = Double(points.count)
    let time = points.reduce(0) { $0 + $1.time } / count
    let delay = points.reduce(0) { $0 + $1.delay } / count
    let numerator = points.reduce(0) { $0 + ($1.time - time) * ($1.delay - delay) }
    let denominator = points.reduce(0) { $0 + ($1.time - time) * ($1.time - time) }
    return denominator > 0 ? numerator / denominator : nil
  }

  private mutating func detect(_ trend: Double, sent: Double, now: Instant) {
    defer { self.trend = trend }
    guard self.deltaCount >= 2 else { return }
    let modified = Double(min(self.deltaCount, Self.mostCountedDeltas)) * trend * Self.gain
    if modified > self.threshold {
      let time = self.timeOverUsing.map { $0 + sent } ?? sent / 2
      self.timeOverUsing = time
      self.overuseCount += 1
      if time > Self.overuseTime, self.overuseCount > 1, trend >= self.trend {
        self.timeOverUsing = 0
        self.overuseCount = 0
        self.usage = .over
      }
    } else {
      self.timeOverUsing = nil
      self.overuseCount = 0
      self.usage = modified < -self.threshold ? .under : .normal
    }
    self.adapt(to: abs(modified), now: now)
  }

  private mutating func adapt(to magnitude: Double, now: Instant) {
    defer { self.thresholdChangedAt = now }
    guard let changedAt = self.thresholdChangedAt, magnitude <= self.threshold + Self.largestExcess else { return }
    let factor = magnitude < self.threshold ? Self.fall : Self.rise
    let time = min((now - changedAt).inMilliseconds, 100)
    self.threshold = min(max(self.threshold + factor * (magnitude - self.threshold) * time, 6), 600)
  }
}
