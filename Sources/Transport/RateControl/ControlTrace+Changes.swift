public import MediaUnits
internal import SessionProtocol

extension ControlTrace {
  /// A change of the running stream: of its picture, frame rate, codec or most bitrate.
  public struct Change: Hashable, Sendable {
    public enum Phase: String, Hashable, Sendable, CaseIterable {
      /// It is being prepared; the stream goes on as it was.
      case begin
      /// It is in force from the next frame on.
      case done
      /// It could not be made.
      case fail
    }

    public enum Reason: String, Hashable, Sendable, CaseIterable {
      /// The player asked for it.
      case wish
      /// The path carries too little for what was before, or more again.
      case path
      /// The player's decoder cannot keep up, or can again.
      case decoder
    }

    public var phase: Phase
    public var reason: Reason
    public var picture: PictureSize
    /// Frames per second.
    public var frameRate: Int
    public var codec: VideoCodec
    /// The most that the stream may take.
    public var maximumBitrate: Bitrate
    /// What the path was thought to carry of the stream when this was decided.
    public var carried: Bitrate?

    public init(
      phase: Phase,
      reason: Reason,
      picture: PictureSize,
      frameRate: Int,
      codec: VideoCodec,
      maximumBitrate: Bitrate,
      carried: Bitrate? = nil
    ) {
      self.phase = phase
      self.reason = reason
      self.picture = picture
      self.frameRate = frameRate
      self.codec = codec
      self.maximumBitrate = maximumBitrate
      self.carried = carried
    }
  }
}

extension ControlTrace.Change {
  init(_ phase: Phase, _ reason: Reason, _ terms: StreamTerms, carried: Bitrate?) {
    self.init(
      phase: phase,
      reason: reason,
      picture: terms.picture,
      frameRate: terms.frameRate,
      codec: terms.codec,
      maximumBitrate: terms.maximumBitrate,
      carried: carried
    )
  }
}
