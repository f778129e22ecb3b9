public import MediaUnits
public import RTP

/// What the host knows about a frame when its encoder lets go of it.
public struct VideoFrame: Hashable, Sendable {
  /// What its access unit is made of; another one than before only at a key frame.
  public var codec: VideoCodec
  public var isKeyframe: Bool
  /// Whether the picture begins to be drawn anew part by part.
  public var startsRefresh: Bool
  /// The change of the picture that this frame shows was noticed.
  public var damagedAt: Instant
  /// Its pixels had been read.
  public var capturedAt: Instant
  /// It had been converted for the encoder.
  public var convertedAt: Instant
  /// Its last byte left the encoder.
  public var encodedAt: Instant
  /// Newest input event that had been applied before the picture was read; 0 for none.
  public var inputSequence: UInt32
  /// Pictures that were left out on purpose since the frame before.
  public var skipped: SkippedPictures?

  public init(
    codec: VideoCodec = .h264,
    isKeyframe: Bool,
    damagedAt: Instant,
    capturedAt: Instant,
    convertedAt: Instant,
    encodedAt: Instant,
    inputSequence: UInt32,
    skipped: SkippedPictures? = nil,
    startsRefresh: Bool = false
  ) {
    self.codec = codec
    self.isKeyframe = isKeyframe
    self.damagedAt = damagedAt
    self.capturedAt = capturedAt
    self.convertedAt = convertedAt
    self.encodedAt = encodedAt
    self.inputSequence = inputSequence
    self.skipped = skipped
    self.startsRefresh = startsRefresh
  }
}
