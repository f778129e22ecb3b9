internal import MediaUnits

/// TCP's congestion window, in segments.
///
/// - Source: RFC 9438 (CUBIC), RFC 9406 (HyStart++).
struct CUBICWindow: Hashable, Sendable {
  /// RFC 9438 §5: the decrease factor, and how aggressively the window grows.
  static let (beta, scale) = (0.7, 0.4)
  static let initial = 10.0
  private static let least = 2.0

  private(set) var segments = CUBICWindow.initial
  private(set) var threshold = Double.infinity
  private var hystart = HyStart()
  /// The window at the last loss, less where it was lower than at the one before.
  private(set) var largest = 0.0
  private var largestBefore = 0.0
  private var epoch: Instant?
  /// Seconds from the epoch's start until the window is back at ``largest``.
  private(set) var timeToLargest = 0.0
  /// What Reno would have, on average.
  private var friendly = 0.0

  var isInSlowStart: Bool { self.segments < self.threshold }

  /// One more segment was acknowledged.
  ///
  /// - Parameters:
  ///   - number: of its transmission.
  ///   - newest: the number of the last transmission so far.
  mutating func acknowledged(number: Int64, newest: Int64, sample: Duration, roundTrip: Duration, now: Instant) {
    guard self.isInSlowStart else {
      self.avoidCongestion(roundTrip: roundTrip.inSeconds, now: now)
      return
    }
    let isOver = self.hystart.acknowledged(number: number, newest: newest, sample: sample)
    self.segments += self.hystart.isCautious ? 1 / HyStart.cautiousDivisor : 1
    if isOver { self.threshold = self.segments }
  }

  /// A segment was lost that was sent after the last decrease.
  mutating func lost(now: Instant) {
    // §4.7: a flow that did not get back to where it was leaves room for others.
    self.largest = self.segments < self.largestBefore ? self.segments * (1 + Self.beta) / 2 : self.segments
    self.largestBefore = self.segments
    self.segments = max(self.segments * Self.beta, Self.least)
    self.threshold = self.segments
    self.begin(now: now)
  }

  /// Nothing was acknowledged for too long.
  mutating func timedOut() {
    self.largest = self.segments
    self.largestBefore = self.segments
    self.threshold = max(self.segments * Self.beta, Self.least)
    self.segments = 1
    self.epoch = nil
  }

  private mutating func begin(now: Instant) {
    self.epoch = now
    self.friendly = self.segments
    self.timeToLargest = Self.cubeRoot(max(0, self.largest - self.segments) / Self.scale)
  }

  private mutating func avoidCongestion(roundTrip: Double, now: Instant) {
    if self.epoch == nil {
      // After slow start without a loss: the window's present size is its largest.
      self.largest = max(self.largest, self.segments)
      self.begin(now: now)
    }
    let elapsed = (now - (self.epoch ?? now)).inSeconds
    let cubic = self.cubic(at: elapsed)
    // §4.3: as Reno would with this decrease factor, and as Reno itself once beyond the largest window.
    let gain = self.friendly < self.largestBefore ? 3 * (1 - Self.beta) / (1 + Self.beta) : 1
    self.friendly += gain / self.segments
    if cubic < self.friendly {
      self.segments = max(self.segments, self.friendly)
    } else {
      let target = min(max(self.cubic(at: elapsed + roundTrip), self.segments), 1.5 * self.segments)
      self.segments += (target - self.segments) / self.segments
    }
  }

  private func cubic(at seconds: Double) -> Double {
    let distance = seconds - self.timeToLargest
    return Self.scale * distance * distance * distance + self.largest
  }

  /// Newton's method from above, where it converges for every positive number.
  static func cubeRoot(_ value: Double) -> Double {
    guard value > 0 else { return 0 }
    var root = max(value, 1)
    for _ in 0..<200 {
      let next = (2 * root + value / (root * root)) / 3
      if abs(next - root) <= 1e-12 * root { return next }
      root = next
    }
    return root
  }
}
