internal import MediaUnits

/// Decides how long a player waits for a picture to be drawn anew part by part before it asks for a key frame.
///
/// It waits where the next wave that is whole can be complete within two and a half of the periods in which waves come,
/// and asks at once where that would take longer: where few frames come, since nothing moves or the path takes no more,
/// and after an outage, whose picture is old already.
///
/// - Spec: Protocol/media.md §5.2.
struct RefreshWait: Sendable {
  /// Two and a half times half a second.
  static let longest: Duration = .milliseconds(1250)
  /// After so long without a frame the picture is not waited for any longer.
  private static let longestSilence: Duration = .milliseconds(500)
  private static let longestInterval: Duration = .seconds(1)

  /// Index of the frame that the newest wave began with, or of a key frame, after which waves are counted anew.
  private var waveStart: Int64?
  private var last: (index: Int64, completedAt: Instant)?
  /// Between two frames, smoothed; `nil` before there were two.
  private var interval: Duration?
  /// When the picture was lost; `nil` while it is whole.
  private var lostAt: Instant?
  /// Whether it was given up to wait.
  private var isOver = false

  /// A frame has been handed on.
  ///
  /// - Parameters:
  ///   - isWaveStart: whether it is a key frame or has a recovery point.
  ///   - isWhole: whether its picture is.
  mutating func delivered(_ index: Int64, isWaveStart: Bool, isWhole: Bool, completedAt: Instant) {
    if isWaveStart { self.waveStart = index }
    if let last = self.last {
      let passed = (completedAt - last.completedAt) / max(1, index - last.index)
      let bounded = min(max(.zero, passed), Self.longestInterval)
      self.interval = self.interval.map { $0 + (bounded - $0) / 8 } ?? bounded
    }
    self.last = (index, completedAt)
    guard isWhole else { return }
    self.lostAt = nil
    self.isOver = false
  }

  /// Some of the picture is lost for good, now or for some time.
  ///
  /// - Parameters:
  ///   - index: of the first frame that was not handed on.
  ///   - newest: of the newest frame that something came of.
  ///   - period: frames from one wave to the next.
  ///   - nominal: between two frames, by the terms in force.
  /// - Returns: when to ask for a key frame, unless the picture is whole by then; `nil` if that has been said already.
  mutating func lost(from index: Int64, newest: Int64, period: Int, nominal: Duration, now: Instant) -> Instant? {
    guard !self.isOver else { return nil }
    let lostAt = self.lostAt ?? now
    let isFirst = self.lostAt == nil
    self.lostAt = lostAt
    guard let waveStart = self.waveStart, let last = self.last,
      !isFirst || now - last.completedAt < Self.longestSilence
    else { return self.giveUp(now: now) }
    let period = Int64(period)
    let next = waveStart + (max(0, index - waveStart) / period + 1) * period
    let remaining = max(0, next + period - newest)
    let deadline = lostAt + Self.longest
    guard remaining <= period * 3, now + (self.interval ?? nominal) * Int(remaining) <= deadline else {
      return self.giveUp(now: now)
    }
    return deadline
  }

  private mutating func giveUp(now: Instant) -> Instant {
    self.isOver = true
    return now
  }
}
