internal import MediaUnits

/// Leaves slow start when the round trip rises, before the queue is full.
///
/// - Source: RFC 9406 §4.
struct HyStart: Hashable, Sendable {
  static let cautiousDivisor = 4.0
  private static let (fewestSamples, cautiousRounds) = (8, 5)
  private static let (leastRise, largestRise) = (Duration.milliseconds(4), Duration.milliseconds(16))

  /// Whether the window grows slowly, to find out whether the rise was one.
  private(set) var isCautious = false
  private var roundEnd: Int64 = 0
  private var lastLeast = Duration.seconds(3600)
  private var least = Duration.seconds(3600)
  private var baseline = Duration.seconds(3600)
  private var sampleCount = 0
  private var cautiousRoundCount = 0

  /// - Returns: whether slow start is over.
  mutating func acknowledged(number: Int64, newest: Int64, sample: Duration) -> Bool {
    self.least = min(self.least, sample)
    self.sampleCount += 1
    if self.sampleCount >= Self.fewestSamples { self.judge() }
    guard number >= self.roundEnd else { return false }
    self.roundEnd = newest + 1
    self.lastLeast = self.least
    self.least = .seconds(3600)
    self.sampleCount = 0
    guard self.isCautious else { return false }
    self.cautiousRoundCount += 1
    return self.cautiousRoundCount >= Self.cautiousRounds
  }

  private mutating func judge() {
    if self.isCautious {
      if self.least < self.baseline { self.isCautious = false }
    } else if self.lastLeast < .seconds(3600) {
      let rise = min(max(self.lastLeast / 8, Self.leastRise), Self.largestRise)
      guard self.least >= self.lastLeast + rise else { return }
      self.isCautious = true
      self.baseline = self.least
      self.cautiousRoundCount = 0
    }
  }
}
