internal import MediaUnits
public import SessionReport
public import Transport

/// Counts what one player's frames say, without looking into them, and without leaving out what did not come.
public struct FrameMeter: Sendable {
  /// A frame that is older than this when it is whole is late.
  public static let late: Duration = .milliseconds(100)
  /// A frame that is older than this when it is whole is a stall.
  public static let stall: Duration = .milliseconds(200)
  /// Gaps that a frame index can have and still be believed; more is a peer's mischief.
  private static let maximumGap: Int64 = 10_000
  /// Weight of the newest gap in the mean that freezes are judged by.
  private static let gapWeight = 1.0 / 32

  public private(set) var captureToComplete = LatencyHistogram()
  public private(set) var encode = LatencyHistogram()
  public private(set) var network = LatencyHistogram()
  public private(set) var assemble = LatencyHistogram()
  public private(set) var gap = LatencyHistogram()
  public private(set) var frameCount: Int64 = 0
  public private(set) var missingCount: Int64 = 0
  /// Late frames, missing ones that had to be waited for so long included.
  public private(set) var lateCount: Int64 = 0
  public private(set) var stallCount: Int64 = 0
  public private(set) var freezeCount: Int64 = 0
  public private(set) var freezeNanoseconds: Int64 = 0
  /// From the first whole frame to the last, added up over players.
  public private(set) var watchedNanoseconds: Int64 = 0

  private var last: (index: Int64, capturedAt: Instant?, completedAt: Instant)?
  private var meanGap: Double?

  public init() {}

  /// Counts a whole frame.
  ///
  /// Every frame between the last one and this was sent and cannot be shown. It counts as captured in its turn between
  /// the two, and as complete when this one is: that is how long the player waited for something to show in its place.
  public mutating func record(_ frame: ReceivedFrame) {
    let capturedAt = frame.host?.damagedAt
    if let last = self.last {
      let missing = min(max(0, frame.index - last.index - 1), Self.maximumGap)
      self.missingCount += missing
      if missing > 0, let from = last.capturedAt, let capturedAt {
        let span = (capturedAt - from).wholeNanoseconds
        for turn in 1...missing {
          let expected = from + .nanoseconds(span / (missing + 1) * turn)
          self.count(age: (frame.completedAt - expected).wholeNanoseconds)
        }
      }
      self.recordGap((frame.completedAt - last.completedAt).wholeNanoseconds)
    }
    self.frameCount += 1
    if let host = frame.host {
      self.count(age: (frame.completedAt - host.damagedAt).wholeNanoseconds)
      self.encode.record(nanoseconds: (host.encodedAt - host.convertedAt).wholeNanoseconds)
      self.network.record(nanoseconds: (frame.firstReceivedAt - host.sentAt).wholeNanoseconds)
    }
    self.assemble.record(nanoseconds: (frame.completedAt - frame.firstReceivedAt).wholeNanoseconds)
    self.last = (frame.index, capturedAt, frame.completedAt)
  }

  /// Adds another player's figures.
  public mutating func merge(_ other: FrameMeter) {
    self.captureToComplete.merge(other.captureToComplete)
    self.encode.merge(other.encode)
    self.network.merge(other.network)
    self.assemble.merge(other.assemble)
    self.gap.merge(other.gap)
    self.frameCount += other.frameCount
    self.missingCount += other.missingCount
    self.lateCount += other.lateCount
    self.stallCount += other.stallCount
    self.freezeCount += other.freezeCount
    self.freezeNanoseconds += other.freezeNanoseconds
    self.watchedNanoseconds += other.watchedNanoseconds
  }

  private mutating func count(age: Int64) {
    self.captureToComplete.record(nanoseconds: age)
    if age > Self.late.wholeNanoseconds { self.lateCount += 1 }
    if age > Self.stall.wholeNanoseconds { self.stallCount += 1 }
  }

  /// A freeze is a gap above three times the mean, and above the mean and 150 ms.
  ///
  /// - Source: W3C webrtc-stats, `freezeCount`.
  private mutating func recordGap(_ nanoseconds: Int64) {
    self.gap.record(nanoseconds: nanoseconds)
    self.watchedNanoseconds += max(0, nanoseconds)
    let mean = self.meanGap ?? Double(nanoseconds)
    if Double(nanoseconds) > max(3 * mean, mean + 150e6) {
      self.freezeCount += 1
      self.freezeNanoseconds += nanoseconds
    }
    self.meanGap = mean + (Double(nanoseconds) - mean) * Self.gapWeight
  }
}
