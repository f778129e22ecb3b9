import FFmpegCodec
import MediaUnits
import Transport

/// Which frame of a clip a session gets next.
///
/// The clip's frames follow each other, so that one that the path has no room for is sent later and none is left out of
/// a chain. A rate begins with the clip's key frame, so that a session changes its rate as one does whose encoder makes a
/// key frame of each change: lower soon, higher seldom. Between two rates frames are as large as they are, and what
/// the path cannot take of them is met by sending fewer.
struct SyntheticStream: Sendable {
  struct Frame: Sendable {
    var accessUnit: [UInt8]
    var isKeyframe: Bool
    /// Pictures that were not sent before it.
    var skippedCount: Int
  }

  private let clip: SyntheticClip
  private let maximumBitrate: Bitrate
  private var rung: SyntheticClip.Rung
  private var rating: EncoderRating
  private var position = 0
  private var skippedCount = 0

  /// - Parameter maximumBitrate: of the session, which begins with as much as it may have.
  init(clip: SyntheticClip, maximumBitrate: Bitrate, now: Instant) {
    self.clip = clip
    self.maximumBitrate = maximumBitrate
    self.rung = clip.rung(for: maximumBitrate)
    self.rating = EncoderRating(change: .withKeyframe, current: maximumBitrate, changedAt: now)
  }

  /// Of the frames that are sent now.
  var bitrate: Bitrate { self.rung.bitrate }

  /// Whether the next frame is a key frame.
  var isAtKeyframe: Bool { self.position == 0 }

  /// The next frame is to be a key frame.
  mutating func restart() {
    self.position = 0
  }

  /// What the path allows for the next frame.
  ///
  /// - Returns: whether a frame is to be sent now.
  mutating func follow(_ plan: FramePlan, now: Instant) -> Bool {
    switch plan {
    case .skip:
      self.skippedCount += 1
      return false
    case .encode(_, let bitrate):
      if let rate = self.rating.follow(min(bitrate, self.maximumBitrate), now: now) { self.use(rate) }
      return true
    }
  }

  /// Takes the next frame.
  mutating func next() -> Frame {
    defer {
      self.position = (self.position + 1) % self.rung.frames.count
      self.skippedCount = 0
    }
    return Frame(
      accessUnit: self.rung.frames[self.position],
      isKeyframe: self.position == 0,
      skippedCount: self.skippedCount
    )
  }

  private mutating func use(_ rate: Bitrate) {
    // A clip's rates are far enough apart; what is held back for an encoder's small changes is not needed.
    let rung = self.clip.rung(for: Bitrate(bitsPerSecond: rate.bitsPerSecond * 10 / 9 + 1))
    guard rung.bitrate != self.rung.bitrate else { return }
    self.rung = rung
    self.position = 0
  }
}
