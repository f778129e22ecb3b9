/// What the path carried when it was last found to be overused, and how much that varies.
///
/// - Source: libwebrtc's `LinkCapacityEstimator`.
struct LinkCapacity: Hashable, Sendable {
  private static let weight = 0.05

  /// Bits per second; `nil` while unknown.
  private(set) var estimate: Double?
  /// Variance over mean, in kbit/s.
  private var deviation = 0.4

  mutating func overused(at rate: Double) {
    let kilobits = rate / 1000
    let before = self.estimate.map { $0 / 1000 }
    let now = before.map { (1 - Self.weight) * $0 + Self.weight * kilobits } ?? kilobits
    let error = now - kilobits
    let normalized = (1 - Self.weight) * self.deviation + Self.weight * error * error / max(now, 1)
    self.deviation = min(max(normalized, 0.4), 2.5)
    self.estimate = now * 1000
  }

  mutating func reset() { self.estimate = nil }

  func isAbove(_ rate: Double) -> Bool { self.estimate.map { rate < $0 - 3 * self.spread } ?? false }
  func isBelow(_ rate: Double) -> Bool { self.estimate.map { rate > $0 + 3 * self.spread } ?? false }

  private var spread: Double { (self.deviation * (self.estimate ?? 0) / 1000).squareRoot() * 1000 }
}
