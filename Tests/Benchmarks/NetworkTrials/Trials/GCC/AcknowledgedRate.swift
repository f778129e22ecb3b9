internal import MediaUnits

/// How fast datagrams arrive, as a mean of short windows that counts a window the less the more it differs.
///
/// - Source: libwebrtc's `BitrateEstimator`.
struct AcknowledgedRate: Hashable, Sendable {
  private static let (firstWindow, window) = (Duration.milliseconds(500), Duration.milliseconds(150))
  private static let uncertainty = 10.0

  /// Bits per second; `nil` before the first window is over.
  private(set) var estimate: Double?
  private var variance = 50.0
  private var byteCount = 0
  private var elapsed = Duration.zero
  private var lastArrivedAt: Instant?

  mutating func add(byteCount: Int, arrivedAt: Instant) {
    let window = self.estimate == nil ? Self.firstWindow : Self.window
    var sample: Double?
    if let last = self.lastArrivedAt {
      let step = max(arrivedAt - last, .zero)
      self.elapsed += step
      if step > window {
        self.byteCount = 0
        self.elapsed = .nanoseconds(self.elapsed.wholeNanoseconds % window.wholeNanoseconds)
      }
    }
    self.lastArrivedAt = max(self.lastArrivedAt ?? arrivedAt, arrivedAt)
    if self.elapsed >= window {
      sample = Double(self.byteCount) * 8 / window.inSeconds
      self.elapsed -= window
      self.byteCount = 0
    }
    self.byteCount += byteCount
    if let sample { self.add(sample) }
  }

  /// Variances are in kbit/s, as they are in the source.
  private mutating func add(_ sample: Double) {
    guard let estimate = self.estimate else {
      self.estimate = sample
      return
    }
    let deviation = Self.uncertainty * abs(estimate - sample) / max(estimate, 1)
    let (sampleVariance, predicted) = (deviation * deviation, self.variance + 5)
    self.estimate = max(0, (sampleVariance * estimate + predicted * sample) / (sampleVariance + predicted))
    self.variance = sampleVariance * predicted / (sampleVariance + predicted)
  }
}
