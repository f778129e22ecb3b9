internal import MediaUnits

/// When frames were captured and when they could be shown.
struct PictureRecord {
  private struct Frame {
    var capturedAt: Instant
    var shownAt: Instant?
  }

  /// When frames were due that were deliberately not made.
  private var skips: [Instant] = []
  /// Bytes of the frames that were shown.
  private(set) var shownByteCount = 0
  private var frames: [Frame] = []
  /// In the order of being shown.
  private var shown: [Int] = []

  /// So long after a session's start its picture's age begins to count, whether it has shown something or not.
  static let grace = Duration.milliseconds(250)

  mutating func skip(now: Instant) {
    self.skips.append(now)
  }

  /// - Returns: the frame's number.
  mutating func capture(now: Instant) -> Int {
    self.frames.append(Frame(capturedAt: now))
    return self.frames.count - 1
  }

  /// The frame and all that it refers to are there.
  mutating func show(_ number: Int, byteCount: Int, now: Instant) {
    guard self.frames.indices.contains(number), self.frames[number].shownAt == nil else { return }
    self.frames[number].shownAt = now
    self.shown.append(number)
    self.shownByteCount += byteCount
  }

  /// What a player saw of the frames that were due from `start` on.
  ///
  /// - Parameters:
  ///   - start: its session's, or later.
  ///   - end: of the run. Of frames captured just before it, nothing is said: they may be on their way.
  ///   - way: how long a datagram takes on the idle path.
  func summary(from start: Instant = .zero, until end: Instant, way: Duration) -> PictureSummary {
    var summary = PictureSummary()
    summary.skippedCount = self.skips.count { $0 >= start && end - $0 > PictureSummary.lateAfter }
    summary.dueCount = summary.skippedCount
    summary.duration = end - start
    for frame in self.frames where frame.capturedAt >= start && end - frame.capturedAt > PictureSummary.lateAfter {
      summary.dueCount += 1
      summary.madeCount += 1
      guard let shownAt = frame.shownAt else {
        summary.missingCount += 1
        summary.brokenCount += 1
        summary.brokenBeyondWayCount += 1
        continue
      }
      let delay = shownAt - frame.capturedAt
      summary.delays.record(delay)
      if delay > PictureSummary.lateAfter { summary.lateCount += 1 }
      if delay > PictureSummary.deadline { summary.brokenCount += 1 }
      if delay > PictureSummary.deadline + way { summary.brokenBeyondWayCount += 1 }
    }
    self.sampleAge(from: start + Self.grace, until: end, into: &summary)
    return summary
  }

  private func sampleAge(from start: Instant, until end: Instant, into summary: inout PictureSummary) {
    var (next, newest, at) = (0, start - Self.grace, start)
    while at < end {
      while next < self.shown.count, let shownAt = self.frames[self.shown[next]].shownAt, shownAt <= at {
        newest = max(newest, self.frames[self.shown[next]].capturedAt)
        next += 1
      }
      summary.ages.record(at - newest)
      at += .milliseconds(1)
    }
    var before = start
    for number in self.shown {
      guard let shownAt = self.frames[number].shownAt, shownAt > before else { continue }
      summary.note(gap: shownAt - before)
      before = shownAt
    }
    summary.note(gap: end - before)
  }
}
