public import MediaUnits
internal import SessionProtocol

/// What a host can stream without beginning a session anew.
public struct TermsBounds: Hashable, Sendable {
  /// Of the game's display: a stream's picture is no larger, and has its shape.
  public var size: PictureSize
  /// Frames per second that the game is drawn at, at most.
  public var frameRate: Int
  /// The most that the host sends of everything.
  public var bitrate: Bitrate
  /// What the host's encoders make; at least one.
  public var codecs: Set<VideoCodec>
  /// Of these, those whose pictures the encoders can draw anew part by part.
  public var refreshable: Set<VideoCodec>
  /// Whether pictures are drawn anew that way wherever they can be, asked for or not.
  public var refreshesAlways: Bool

  public init(
    size: PictureSize,
    frameRate: Int,
    bitrate: Bitrate,
    codecs: Set<VideoCodec>,
    refreshable: Set<VideoCodec> = [],
    refreshesAlways: Bool = false
  ) {
    precondition(!codecs.isEmpty, "a host has an encoder")
    self.size = size
    self.frameRate = frameRate
    self.bitrate = bitrate
    self.codecs = codecs
    self.refreshable = refreshable
    self.refreshesAlways = refreshesAlways
  }

  /// The nearest to `wish` that the host can do.
  ///
  /// - Parameters:
  ///   - wish: of any size; its sound is not for change.
  ///   - present: what goes on where the wish cannot be had.
  func terms(nearest wish: StreamTerms, present: StreamTerms) -> StreamTerms {
    let codec = self.codecs.contains(wish.codec) ? wish.codec : present.codec
    return StreamTerms(
      picture: self.size.fitted(into: wish.picture),
      frameRate: min(wish.frameRate, self.frameRate),
      maximumBitrate: max(.kilobits(100), min(wish.maximumBitrate, self.bitrate)),
      audioPacketDuration: present.audioPacketDuration,
      codec: codec,
      hasIntraRefresh: (wish.hasIntraRefresh || self.refreshesAlways) && self.refreshable.contains(codec)
    )
  }
}
