public import MediaUnits

/// What a trace is of: its first line.
///
/// - Spec: Protocol/trace.md §2.
public struct TraceHeader: Hashable, Sendable {
  /// The version of the format that this module writes and reads.
  public static let version: Int64 = 1

  /// When the session began on the host's monotonic clock; records count from here.
  public var startedAt: Instant
  /// The same instant by the host's wall clock: nanoseconds since 1970, UTC.
  public var unixNanoseconds: Int64
  /// What wrote it, with its version.
  public var software: String
  /// The session's name in its network, or what stands for it.
  public var session: String
  public var game: String
  /// At the session's start: ``VideoCodec/traceWord`` of it.
  public var codec: String
  /// Such as `libx264`; empty if it is not known.
  public var encoder: String
  public var picture: PictureSize
  /// Frames per second.
  public var frameRate: Int
  /// Most that the picture may take.
  public var maximumBitrate: Bitrate
  /// Whether the player had a session here before, which this one goes on with.
  public var isResumed: Bool

  public init(
    startedAt: Instant,
    unixNanoseconds: Int64,
    software: String,
    session: String,
    game: String,
    codec: String,
    encoder: String,
    picture: PictureSize,
    frameRate: Int,
    maximumBitrate: Bitrate,
    isResumed: Bool = false
  ) {
    self.startedAt = startedAt
    self.unixNanoseconds = unixNanoseconds
    self.software = software
    self.session = session
    self.game = game
    self.codec = codec
    self.encoder = encoder
    self.picture = picture
    self.frameRate = frameRate
    self.maximumBitrate = maximumBitrate
    self.isResumed = isResumed
  }
}

extension VideoCodec {
  /// What a trace calls it.
  ///
  /// - Spec: Protocol/trace.md §2.
  public var traceWord: StaticString {
    switch self {
    case .h264: "h264"
    case .hevc: "hevc"
    }
  }
}
