internal import MediaUnits

/// The rate that loss allows: down by half the loss when more than 10 % is lost, up while less than 2 % is.
///
/// - Source: draft-ietf-rmcat-gcc-02 §6; libwebrtc's `SendSideBandwidthEstimation` for how fast.
struct LossControl: Hashable, Sendable {
  private static let fewestPackets = 20
  private static let (low, high) = (0.02, 0.1)
  private static let growth = 1.08
  private static let decreaseInterval = Duration.milliseconds(300)

  /// Bits per second.
  private(set) var rate: Double
  private let limits: ClosedRange<Double>
  /// The last second's rates, the least first.
  private var history: [(at: Instant, rate: Double)] = []
  private var expectedCount = 0
  private var lostCount = 0
  private var loss = 0.0
  private var hasNewLoss = false
  private var decreasedAt: Instant?

  init(start: Double, limits: ClosedRange<Double>) {
    self.rate = start
    self.limits = limits
  }

  static func == (one: LossControl, other: LossControl) -> Bool { one.rate == other.rate && one.loss == other.loss }
  func hash(into hasher: inout Hasher) { hasher.combine(self.rate) }

  /// A probe has measured the path.
  mutating func set(_ rate: Double) {
    self.rate = min(max(rate, self.limits.lowerBound), self.limits.upperBound)
    self.history.removeAll(keepingCapacity: true)
  }

  /// - Parameter ceiling: what the delay allows.
  mutating func update(lost: Int, of expected: Int, ceiling: Double, roundTrip: Duration, now: Instant) {
    self.expectedCount += expected
    self.lostCount += lost
    if self.expectedCount >= Self.fewestPackets {
      self.loss = Double(self.lostCount) / Double(self.expectedCount)
      self.hasNewLoss = true
      self.expectedCount = 0
      self.lostCount = 0
    }
    self.note(now: now)
    if self.loss <= Self.low {
      self.rate = max(self.rate, (self.history.first?.rate ?? self.rate) * Self.growth + 1000)
    } else if self.loss > Self.high, self.hasNewLoss,
      self.decreasedAt.map({ now - $0 >= Self.decreaseInterval + roundTrip }) ?? true
    {
      self.rate *= 1 - self.loss / 2
      self.decreasedAt = now
      self.hasNewLoss = false
    }
    self.rate = min(max(self.rate, self.limits.lowerBound), min(self.limits.upperBound, ceiling))
  }

  private mutating func note(now: Instant) {
    self.history.removeAll { now - $0.at > .seconds(1) }
    while let last = self.history.last, last.rate >= self.rate { self.history.removeLast() }
    self.history.append((now, self.rate))
  }
}
