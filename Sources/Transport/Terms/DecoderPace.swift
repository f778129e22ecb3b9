public import MediaUnits

/// Finds out whether a machine decodes as fast as frames come, and how many a second it can take.
///
/// Frames that are decoded more slowly than they come pile up, and each is later than the one before. The rule looks at
/// the median of a second's frames, so that neither a key frame nor a moment's other work of the machine changes it. It
/// goes down to four fifths of what the machine does, and up again, by a quarter at a time, once there has been room for
/// that for ten seconds.
public struct DecoderPace: Hashable, Sendable {
  private static let windowLength: Duration = .seconds(1)
  private static let leastCount = 8
  /// More of a frame's interval than this is too much.
  private static let fullShare = 0.9
  private static let loweredShare = 0.8
  /// The next higher rate must leave so much of its interval free.
  private static let easyShare = 0.6
  private static let riseDelay: Duration = .seconds(10)
  private static let leastRate = 10

  /// Frames a second that the machine can take; `nil` for as many as come.
  public private(set) var limit: Int?
  private var durations: [Duration] = []
  private var windowStart: Instant?
  private var easySince: Instant?

  public init() {
    self.durations.reserveCapacity(512)
  }

  /// A frame has been decoded and shown.
  ///
  /// - Parameters:
  ///   - busy: how long it kept the thread that decodes.
  ///   - frameRate: frames a second that are to come, on the terms in force.
  /// - Returns: whether ``limit`` has changed.
  public mutating func decoded(busy: Duration, frameRate: Int, now: Instant) -> Bool {
    let start = self.windowStart ?? now
    self.windowStart = start
    if self.durations.count < 512 { self.durations.append(busy) }
    guard now - start >= Self.windowLength else { return false }
    defer {
      self.durations.removeAll(keepingCapacity: true)
      self.windowStart = now
    }
    guard self.durations.count >= Self.leastCount else { return false }
    self.durations.sort()
    return self.judge(self.durations[self.durations.count / 2], frameRate: frameRate, now: now)
  }

  private mutating func judge(_ median: Duration, frameRate: Int, now: Instant) -> Bool {
    let seconds = max(median.inSeconds, 1e-6)
    if seconds * Double(frameRate) > Self.fullShare {
      self.easySince = nil
      let lowered = max(Self.leastRate, Int(Self.loweredShare / seconds))
      guard lowered < frameRate, lowered != self.limit else { return false }
      self.limit = lowered
      return true
    }
    guard let limit = self.limit else { return false }
    let raised = limit * 5 / 4 + 1
    guard seconds * Double(raised) < Self.easyShare else {
      self.easySince = nil
      return false
    }
    let since = self.easySince ?? now
    self.easySince = since
    guard now - since >= Self.riseDelay else { return false }
    self.easySince = nil
    self.limit = raised > 240 ? nil : raised
    return true
  }
}
