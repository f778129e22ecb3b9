internal import MediaUnits

/// How many bytes may wait in the path right after a frame was sent: the one number that the rate follows.
///
/// It grows a little with each frame that arrived in time and shrinks with each that was late, so that on every path a
/// few frames in a hundred are late, whatever makes them so: the share is that of the two steps. It never holds more
/// than the path carries in one frame interval, give or take how much the path's rate varies, so on a steady path
/// nothing waits when the next frame is sent.
///
/// - Source: additive increase and multiplicative decrease as in Chiu & Jain, "Analysis of the increase and decrease
///   algorithms", 1989; here the signal is a frame's way and the quantity is one frame's bytes. Constants were searched
///   over recorded paths.
struct FrameWindow: Sendable {
  /// A frame that takes longer from its first byte's sending to its last byte's way through the bottleneck is late:
  /// less than three frame intervals at 60 fps.
  private static let lateAfter: Duration = .milliseconds(42)
  /// Of what the path carries in a frame interval, for each frame in time.
  private static let increase = 0.003
  /// The same while frames arrive in less than half the time that they have.
  private static let quickIncrease = 0.0125
  /// Of the window, for each late frame.
  private static let decrease = 0.12
  /// Of the window, for losses that a full queue made, once a round trip.
  private static let lossDecrease = 0.15
  /// Of the window, for each frame while the path's limits have not been met: twice as much in three frames.
  private static let startIncrease = 0.26
  /// Of what the path carries in a frame interval; less would not be a picture.
  private static let least = 0.25

  /// How much more than a frame interval's may wait on a path that varies, by how much it does.
  private static let spread = 1.7

  let interval: Duration
  private let lateAfter: Duration
  private let floor: Double
  private let cap: Double
  private(set) var byteCount: Double
  /// The path's limits have not been met yet.
  private(set) var isStarting = true
  private var lastCutAt: Instant?

  /// - Parameters:
  ///   - interval: between frames.
  ///   - start: bytes of the first frame.
  ///   - floor: bytes of the least frame.
  ///   - cap: bytes of the largest frame.
  init(interval: Duration, start: Double, floor: Double, cap: Double) {
    self.interval = interval
    self.lateAfter = max(Self.lateAfter, interval * 2)
    self.floor = floor
    self.cap = cap
    self.byteCount = start
  }

  /// A frame is through.
  ///
  /// - Parameters:
  ///   - transit: from its first byte's sending to its last byte's way through the bottleneck.
  ///   - wasLimited: whether it took most of what it was allowed: otherwise nothing is learned of more.
  mutating func completed(transit: Duration, wasLimited: Bool, capacity: CapacityEstimator) {
    let perFrame = self.perFrame(capacity)
    if transit > self.lateAfter {
      self.isStarting = false
      self.byteCount *= 1 - Self.decrease
    } else if wasLimited {
      if self.isStarting, transit < self.interval * 3 / 4 {
        self.byteCount *= 1 + Self.startIncrease
      } else {
        self.isStarting = false
        let isFarBelow = transit < self.lateAfter / 2 && self.byteCount < 0.8 * perFrame
        self.byteCount += perFrame * (isFarBelow ? Self.quickIncrease : Self.increase)
      }
    }
    self.fit(capacity)
  }

  /// Packets were lost because a queue was full, or marked because one has built up.
  ///
  /// - Parameter share: how much of ``lossDecrease`` is called for, 0 ... 1.
  mutating func congested(share: Double = 1, roundTrip: Duration, capacity: CapacityEstimator, now: Instant) {
    if let last = self.lastCutAt, now - last < roundTrip + self.interval { return }
    self.lastCutAt = now
    self.isStarting = false
    self.byteCount *= 1 - Self.lossDecrease * share
    self.fit(capacity)
  }

  /// The same window for frames at another interval, and within other limits.
  func changed(interval: Duration, floor: Double, cap: Double) -> FrameWindow {
    let scale = interval.inSeconds / self.interval.inSeconds
    var window = FrameWindow(interval: interval, start: self.byteCount * scale, floor: floor, cap: cap)
    window.byteCount = max(window.byteCount, floor)
    window.isStarting = self.isStarting
    window.lastCutAt = self.lastCutAt
    return window
  }

  /// What is known of the path has changed.
  mutating func fit(_ capacity: CapacityEstimator) {
    let perFrame = self.perFrame(capacity)
    let most = min(self.cap * 2, perFrame * (1 + Self.spread * capacity.variation))
    if self.byteCount > most {
      self.byteCount = most
      self.isStarting = false
    }
    self.byteCount = max(self.byteCount, Self.least * most, self.floor)
  }

  private func perFrame(_ capacity: CapacityEstimator) -> Double {
    min(capacity.bytesPerSecond.map { $0 * self.interval.inSeconds } ?? .infinity, self.cap)
  }
}
