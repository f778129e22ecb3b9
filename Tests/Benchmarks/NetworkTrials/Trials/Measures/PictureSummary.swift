internal import MediaUnits

/// What a player saw of one or more runs.
public struct PictureSummary: Hashable, Sendable {
  /// From capture to shown; later than this is late.
  public static let lateAfter = Duration.milliseconds(100)
  /// From capture to shown; a frame that takes longer is broken for an impatient eye.
  public static let deadline = Duration.milliseconds(50)
  /// A gap without a new picture that is longer than this is a freeze: WebRTC's rule, `max(3 · mean, mean + 150 ms)`,
  /// at 60 frames a second.
  public static let freezeAfter = Duration.milliseconds(1000.0 / 60 + 150)

  /// Age of the newest frame that could be shown, sampled each millisecond.
  public var ages = Histogram()
  /// From capture to shown, of the frames that were.
  public var delays = Histogram()
  /// Frames that should have been made, those that were, and those that deliberately were not.
  public var dueCount = 0
  public var madeCount = 0
  public var skippedCount = 0
  public var lateCount = 0
  /// Made, and never shown.
  public var missingCount = 0
  /// Frames made that were not shown within ``deadline``, and those that were not within it and the path's own delay.
  public var brokenCount = 0
  public var brokenBeyondWayCount = 0
  public var freezeCount = 0
  public var frozen = Duration.zero
  public var duration = Duration.zero

  public init() {}

  mutating func note(gap: Duration) {
    guard gap > Self.freezeAfter else { return }
    self.freezeCount += 1
    self.frozen += gap
  }

  public mutating func add(_ other: PictureSummary) {
    self.ages.add(other.ages)
    self.delays.add(other.delays)
    self.dueCount += other.dueCount
    self.madeCount += other.madeCount
    self.skippedCount += other.skippedCount
    self.lateCount += other.lateCount
    self.missingCount += other.missingCount
    self.brokenCount += other.brokenCount
    self.brokenBeyondWayCount += other.brokenBeyondWayCount
    self.freezeCount += other.freezeCount
    self.frozen += other.frozen
    self.duration += other.duration
  }

  /// Percentage of the frames that were due: late, never shown, or skipped.
  public var unusable: Double { self.percent(self.lateCount + self.missingCount + self.skippedCount) }
  public var skipped: Double { self.percent(self.skippedCount) }
  public var late: Double { self.percent(self.lateCount) }
  public var missing: Double { self.percent(self.missingCount) }
  /// Percentage of the frames made.
  public var broken: Double { Double(self.brokenCount) * 100 / Double(max(self.madeCount, 1)) }
  public var brokenBeyondWay: Double { Double(self.brokenBeyondWayCount) * 100 / Double(max(self.madeCount, 1)) }
  public var freezesPerMinute: Double { Double(self.freezeCount) * 60 / max(self.duration.inSeconds, 1e-9) }
  /// Percentage of the time.
  public var frozenShare: Double { self.frozen.inSeconds * 100 / max(self.duration.inSeconds, 1e-9) }

  private func percent(_ count: Int) -> Double { Double(count) * 100 / Double(max(self.dueCount, 1)) }
}
