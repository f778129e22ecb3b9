import MediaUnits
import Transport

/// Makes one stream of what several sessions, on one host or on several, deliver one after the other.
///
/// Frames are numbered on, and media times go on as the player's own clock did in between, whatever the next host's
/// clock says.
struct StreamContinuity: Sendable {
  /// `nil` until the present session's first frame.
  private var indexOffset: Int64? = 0
  /// `nil` until the present host's first frame or sound.
  private var timeOffset: Int64? = 0
  /// What the next frame is numbered, at least.
  private(set) var nextIndex: Int64 = 0
  private var last: (mediaTime: Int64, at: Instant)?

  /// A session with new keys begins, on the same host or on another.
  mutating func sessionBegan(isOtherHost: Bool) {
    guard self.last != nil else { return }
    self.indexOffset = nil
    if isOtherHost { self.timeOffset = nil }
  }

  /// Renumbers a frame that was delivered.
  mutating func continuing(_ frame: ReceivedFrame) -> ReceivedFrame {
    var frame = frame
    let offset = self.indexOffset ?? self.nextIndex - frame.index
    self.indexOffset = offset
    frame.index += offset
    self.nextIndex = max(self.nextIndex, frame.index + 1)
    frame.mediaTime = self.continuing(mediaTime: frame.mediaTime, at: frame.completedAt)
    return frame
  }

  /// Moves the media time of a step of the sound.
  mutating func continuing(_ step: ReceivedAudio) -> ReceivedAudio {
    guard case .packet(let mediaTime, let arrivedAt) = step else { return step }
    return .packet(mediaTime: self.continuing(mediaTime: mediaTime, at: arrivedAt), arrivedAt: arrivedAt)
  }

  /// Moves a media time that arrived `at`.
  private mutating func continuing(mediaTime: Int64, at arrival: Instant) -> Int64 {
    let offset: Int64
    if let known = self.timeOffset {
      offset = known
    } else if let last = self.last {
      offset = last.mediaTime &+ (arrival - last.at).wholeNanoseconds &- mediaTime
      self.timeOffset = offset
    } else {
      offset = 0
    }
    let continued = mediaTime &+ offset
    self.last = (continued, arrival)
    return continued
  }
}
