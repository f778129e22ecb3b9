internal import MediaUnits

/// Turns the path's use into a rate: up until overuse, then down to 85 % of what arrived.
///
/// - Source: libwebrtc's `AimdRateControl`; draft-ietf-rmcat-gcc-02 §5.5.
struct AIMDControl: Hashable, Sendable {
  private enum State: Hashable, Sendable {
    case hold
    case increase
    case decrease
  }

  private static let (decrease, growth) = (0.85, 1.08)

  /// Bits per second.
  private(set) var rate: Double
  var roundTrip = Duration.milliseconds(200)
  private let limits: ClosedRange<Double>
  private var state = State.hold
  private var capacity = LinkCapacity()
  private var changedAt: Instant?
  private var throughput: Double

  init(start: Double, limits: ClosedRange<Double>) {
    self.rate = start
    self.throughput = start
    self.limits = limits
  }

  /// A probe has measured the path.
  mutating func set(_ rate: Double, now: Instant) {
    self.rate = min(max(rate, self.limits.lowerBound), self.limits.upperBound)
    self.changedAt = now
  }

  /// Whether a decrease has had its time to show, or is far from enough.
  func mayDecrease(throughput: Double, now: Instant) -> Bool {
    guard let changedAt = self.changedAt else { return true }
    return now - changedAt >= min(max(self.roundTrip, .milliseconds(10)), .milliseconds(200))
      || throughput < self.rate / 2
  }

  /// - Parameter acknowledged: what arrives, in bits per second; `nil` while unknown.
  mutating func update(_ usage: TrendlineEstimator.Usage, acknowledged: Double?, now: Instant) {
    if let acknowledged { self.throughput = acknowledged }
    switch usage {
    case .over: self.state = .decrease
    case .under: self.state = .hold
    case .normal:
      if self.state == .hold {
        self.changedAt = now
        self.state = .increase
      }
    }
    switch self.state {
    case .hold: break
    case .increase: self.increase(now: now)
    case .decrease: self.reduce(now: now)
    }
  }

  private mutating func increase(now: Instant) {
    if self.capacity.isBelow(self.throughput) { self.capacity.reset() }
    let limit = 1.5 * self.throughput + 10_000
    let elapsed = self.changedAt.map { now - $0 } ?? .zero
    self.changedAt = now
    guard self.rate < limit else { return }
    let step = self.capacity.estimate == nil ? self.multiplicativeStep(elapsed) : self.additiveStep(elapsed)
    self.rate = min(self.rate + step, limit, self.limits.upperBound)
  }

  private mutating func reduce(now: Instant) {
    var wanted = Self.decrease * self.throughput
    if wanted > self.rate, let capacity = self.capacity.estimate { wanted = Self.decrease * capacity }
    if wanted < self.rate { self.rate = max(wanted, self.limits.lowerBound) }
    if self.capacity.isAbove(self.throughput) { self.capacity.reset() }
    self.capacity.overused(at: self.throughput)
    self.state = .hold
    self.changedAt = now
  }

  /// 8 % a second, at least 1 kbit/s at a time.
  private func multiplicativeStep(_ elapsed: Duration) -> Double {
    // Of so short a time, growth is as good as linear.
    let growth = min(elapsed.inSeconds, 1) * (Self.growth - 1)
    return max(self.rate * growth, 1000)
  }

  /// Near capacity: an average packet per twice the time that a change takes to show.
  private func additiveStep(_ elapsed: Duration) -> Double {
    let frameBits = self.rate / 30
    let packetCount = (frameBits / (8 * 1200)).rounded(.up)
    let response = (self.roundTrip + .milliseconds(100)) * 2
    return max(4000, frameBits / max(packetCount, 1) / response.inSeconds) * elapsed.inSeconds
  }
}
