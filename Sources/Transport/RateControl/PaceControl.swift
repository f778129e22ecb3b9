/// How fast the packets of a frame leave, of what the path carries.
///
/// Ahead of the path, so that its queue shows what it carries: far ahead while it varies or its limits are not known; only
/// just where it is steady, for others wait in that queue too, and where packets are lost, for it may be short.
struct PaceControl: Sendable {
  /// Less with each report of losses or marks, more with each without losses, so that a whole second without is needed to
  /// win back what one loss took.
  private static let factors = 1.1...2.5
  private static let decrease = 0.1
  private static let increase = 0.0005
  /// The most on a path that never varies, and how much more on one that does.
  private static let (steadyFactor, factorPerVariation) = (1.1, 20.0)

  /// The fastest, of what a path carries.
  static let mostFactor = Self.factors.upperBound

  private var factor = PaceControl.mostFactor

  /// The player has told of packets.
  mutating func heard(lostCount: Int) {
    self.factor += lostCount > 0 ? -Self.decrease : Self.increase
    self.limit()
  }

  /// The network has marked packets: a frame that leaves faster than the path carries it makes a queue of its own, which is
  /// marked too.
  mutating func marksHeard() {
    self.factor -= Self.decrease
    self.limit()
  }

  /// - Parameter isStarting: whether the path's limits have not been met yet.
  /// - Returns: bytes per second; `nil` while nothing is known of the path.
  func bytesPerSecond(on path: CapacityEstimator, isStarting: Bool) -> Double? {
    let most = isStarting ? Self.mostFactor : Self.steadyFactor + Self.factorPerVariation * path.variation
    return path.bytesPerSecond.map { $0 * min(self.factor, most) }
  }

  private mutating func limit() {
    self.factor = min(max(self.factor, Self.factors.lowerBound), Self.factors.upperBound)
  }
}
