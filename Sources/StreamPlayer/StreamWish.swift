import MediaUnits
import Presentation
import SessionProtocol

/// What the one who plays wants of the stream from now on.
enum StreamWish: Hashable, Sendable {
  case change(StreamChange)
  /// The next size up, or down, of those that the first picture has.
  case largerPicture
  case smallerPicture
  /// Half as many frames as at first, or as many again.
  case otherRate
  case otherCodec

  /// Sides of the pictures to choose from, of the first picture's.
  private static let scales = [1, 0.75, 0.5, 0.375, 0.25]

  /// The terms to ask for.
  ///
  /// - Parameters:
  ///   - wished: those that were asked for last.
  ///   - first: those that the session was begun with.
  func terms(after wished: StreamTerms, first: StreamTerms) -> StreamTerms {
    var (size, rate, codec, bitrate) = (wished.picture, wished.frameRate, wished.codec, wished.maximumBitrate)
    var hasIntraRefresh = wished.hasIntraRefresh
    switch self {
    case .change(let change):
      size = change.size ?? size
      rate = change.frameRate ?? rate
      codec = change.codec ?? codec
      bitrate = change.bitrate ?? bitrate
      hasIntraRefresh = change.hasIntraRefresh ?? hasIntraRefresh
    case .largerPicture: size = Self.sizes(of: first).last { $0.width > size.width } ?? size
    case .smallerPicture: size = Self.sizes(of: first).first { $0.width < size.width } ?? size
    case .otherRate: rate = rate < first.frameRate ? first.frameRate : max(1, first.frameRate / 2)
    case .otherCodec: codec = codec == .h264 ? .hevc : .h264
    }
    return StreamTerms(
      picture: size,
      frameRate: rate,
      maximumBitrate: bitrate,
      audioPacketDuration: wished.audioPacketDuration,
      codec: codec,
      hasIntraRefresh: hasIntraRefresh
    )
  }

  /// From the largest to the least that is streamable.
  private static func sizes(of first: StreamTerms) -> [PictureSize] {
    self.scales.map { scale in
      PictureSize(
        width: max(2, Int((Double(first.picture.width) * scale / 2).rounded()) * 2),
        height: max(2, Int((Double(first.picture.height) * scale / 2).rounded()) * 2)
      )
    }.filter(\.isStreamable)
  }
}
