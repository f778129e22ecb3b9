public import MediaUnits
public import SessionReport

/// What players see, whatever "seen" is taken for: whole frames, or decoded pictures. Nothing that did not come is left
/// out.
public struct ViewMeter: Sendable {
  /// A frame that is older than this when it is seen is late.
  public static let late: Duration = .milliseconds(100)
  /// A frame that is older than this when it is seen is a stall.
  public static let stall: Duration = .milliseconds(200)
  /// Gaps that a frame index can have and still be believed; more is a peer's mischief.
  private static let maximumGap: Int64 = 10_000
  /// Weight of the newest gap in the mean that freezes are judged by.
  private static let gapWeight = 1.0 / 32

  /// What one player has seen so far.
  public struct Track: Sendable {
    fileprivate var last: (index: Int64?, capturedAt: Instant?, seenAt: Instant)?
    fileprivate var meanGap: Double?
    /// Frames seen.
    public fileprivate(set) var count: Int64 = 0
    public fileprivate(set) var missingCount: Int64 = 0
    /// From the first frame to the last, nanoseconds.
    public fileprivate(set) var watched: Int64 = 0
    /// Of the frames that were seen, nanoseconds.
    public fileprivate(set) var ageSum: Int64 = 0
    fileprivate var agedCount: Int64 = 0

    public init() {}

    /// The mean age of the frames seen; 0 while there is none.
    public var meanAge: Int64 { self.agedCount == 0 ? 0 : self.ageSum / self.agedCount }

    /// When the last frame was seen; `nil` before the first.
    public var lastSeenAt: Instant? { self.last?.seenAt }

    /// The host counts frames from another number from now on.
    public mutating func restart() { self.last?.index = nil }
  }

  /// What one frame added, for figures over time.
  public struct Step: Sendable {
    /// Of the frame itself; `nil` while the clocks are not related.
    public var age: Int64?
    public var missing: Int64 = 0
    public var late: Int64 = 0
    /// The freeze that it ended, nanoseconds; 0 for none.
    public var frozen: Int64 = 0
  }

  public private(set) var age = LatencyHistogram()
  public private(set) var gap = LatencyHistogram()
  public private(set) var count: Int64 = 0
  public private(set) var missingCount: Int64 = 0
  /// Late frames, missing ones that had to be waited for so long included.
  public private(set) var lateCount: Int64 = 0
  public private(set) var stallCount: Int64 = 0
  public private(set) var freezeCount: Int64 = 0
  public private(set) var freezeNanoseconds: Int64 = 0
  /// From each player's first frame to its last, or to where its view ended, added up.
  public private(set) var watchedNanoseconds: Int64 = 0

  public init() {}

  /// Counts a frame that is seen.
  ///
  /// Every frame between the last one and this was sent and cannot be seen. It counts as captured in its turn between
  /// the two, and as seen when this one is: that is how long the player waited for something to show in its place.
  @discardableResult
  public mutating func record(index: Int64, capturedAt: Instant?, seenAt: Instant, of track: inout Track) -> Step {
    var step = Step()
    if let last = track.last {
      let missing = last.index.map { min(max(0, index - $0 - 1), Self.maximumGap) } ?? 0
      step.missing = missing
      self.missingCount += missing
      track.missingCount += missing
      if missing > 0, let from = last.capturedAt, let capturedAt {
        let span = (capturedAt - from).wholeNanoseconds
        for turn in 1...missing {
          let expected = from + .nanoseconds(span / (missing + 1) * turn)
          self.count(age: (seenAt - expected).wholeNanoseconds, in: &step)
        }
      }
      step.frozen = self.recordGap((seenAt - last.seenAt).wholeNanoseconds, of: &track)
    }
    self.count += 1
    track.count += 1
    if let capturedAt {
      let age = (seenAt - capturedAt).wholeNanoseconds
      self.count(age: age, in: &step)
      step.age = age
      track.ageSum += max(0, age)
      track.agedCount += 1
    }
    track.last = (index, capturedAt, seenAt)
    return step
  }

  /// The view ends: what has been waited for until now counts, though nothing has ended the wait.
  ///
  /// - Returns: the freeze that was under way, nanoseconds; 0 for none.
  @discardableResult
  public mutating func finish(_ track: inout Track, at end: Instant) -> Int64 {
    guard let last = track.last, end > last.seenAt else { return 0 }
    let open = (end - last.seenAt).wholeNanoseconds
    track.last = nil
    // A gap like any other is not over, and says nothing yet.
    guard Self.isFreeze(open, mean: track.meanGap ?? 0) else { return 0 }
    return self.recordGap(open, of: &track)
  }

  /// Adds another meter's figures.
  public mutating func merge(_ other: ViewMeter) {
    self.age.merge(other.age)
    self.gap.merge(other.gap)
    self.count += other.count
    self.missingCount += other.missingCount
    self.lateCount += other.lateCount
    self.stallCount += other.stallCount
    self.freezeCount += other.freezeCount
    self.freezeNanoseconds += other.freezeNanoseconds
    self.watchedNanoseconds += other.watchedNanoseconds
  }

  private mutating func count(age: Int64, in step: inout Step) {
    self.age.record(nanoseconds: age)
    if age > Self.late.wholeNanoseconds {
      self.lateCount += 1
      step.late += 1
    }
    if age > Self.stall.wholeNanoseconds { self.stallCount += 1 }
  }

  private mutating func recordGap(_ nanoseconds: Int64, of track: inout Track) -> Int64 {
    self.gap.record(nanoseconds: nanoseconds)
    self.watchedNanoseconds += max(0, nanoseconds)
    track.watched += max(0, nanoseconds)
    let mean = track.meanGap ?? Double(nanoseconds)
    track.meanGap = mean + (Double(nanoseconds) - mean) * Self.gapWeight
    guard Self.isFreeze(nanoseconds, mean: mean) else { return 0 }
    self.freezeCount += 1
    self.freezeNanoseconds += nanoseconds
    return nanoseconds
  }

  /// A freeze is a gap above three times the mean, and above the mean and 150 ms.
  ///
  /// - Source: W3C webrtc-stats, `freezeCount`.
  private static func isFreeze(_ nanoseconds: Int64, mean: Double) -> Bool {
    Double(nanoseconds) > max(3 * mean, mean + 150e6)
  }
}
