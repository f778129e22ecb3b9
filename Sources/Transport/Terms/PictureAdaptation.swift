internal import MediaUnits

/// Reads from the rate control, a few times a second, what the ladder of pictures goes by.
///
/// The rate control learns what a path takes from frames that use up what they may. A game that stands still makes small
/// ones whatever its picture, and then a low budget says nothing about the picture: nothing suffers by it, and the
/// measured capacity is the better guess of what a larger one could have.
///
/// Nothing is read in a session's first second, while the rate control still searches.
struct PictureAdaptation: Hashable, Sendable {
  /// What the path is thought to carry, and whether the stream has made use of it.
  struct Reading: Hashable, Sendable {
    var bitrate: Bitrate
    /// Most frames took more than half of what they may: with more they would look better.
    var isUsedUp: Bool
  }

  private static let interval: Duration = .milliseconds(250)
  private static let searchTime: Duration = .seconds(1)
  /// Of a frame's budget; the rate control learns of more from frames that take more than this.
  private static let fullShare = 0.5

  private var nextAt: Instant
  private var frameCount = 0
  private var fullFrameCount = 0

  init(now: Instant) {
    self.nextAt = now + Self.searchTime
  }

  /// A frame is being sent.
  ///
  /// - Parameter path: without the frame.
  mutating func sent(byteCount: Int, path: PathState, now: Instant) {
    self.frameCount += 1
    let budget = max(path.room(now: now), path.floorByteCount)
    if Double(byteCount) > Self.fullShare * Double(budget) { self.fullFrameCount += 1 }
  }

  /// Whether ``read(_:now:)`` is to be called.
  func isDue(now: Instant) -> Bool { self.nextAt <= now }

  /// Reads what the path carries; `nil` in an outage, which says nothing of that.
  mutating func read(_ path: PathState, now: Instant) -> Reading? {
    guard !path.isCut(now: now) else {
      self.nextAt = now + Self.interval
      return nil
    }
    let isUsedUp = self.frameCount > 0 ? self.fullFrameCount * 2 > self.frameCount : path.isFull(now: now)
    self.nextAt = now + Self.interval
    self.frameCount = 0
    self.fullFrameCount = 0
    return Reading(bitrate: isUsedUp ? path.bitrate : max(path.bitrate, path.carried), isUsedUp: isUsedUp)
  }
}

extension PathState {
  /// Whether there is no room for another frame, though something comes back.
  fileprivate func isFull(now: Instant) -> Bool {
    guard case .skip = self.plan(now: now) else { return false }
    return true
  }
}
