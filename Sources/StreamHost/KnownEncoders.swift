import FFmpegCodec
import MediaUnits
import SessionProtocol
import Synchronization

/// The encoders of this machine that have been proven, one for each codec.
final class KnownEncoders: Sendable {
  private let kinds: Mutex<[VideoCodec: EncoderKind]>

  /// - Parameter kind: what sessions begin with.
  init(_ kind: EncoderKind) {
    self.kinds = Mutex([kind.codec: kind])
  }

  /// The encoder of a codec, if one has been proven.
  func known(_ codec: VideoCodec) -> EncoderKind? { self.kinds.withLock { $0[codec] } }

  /// The encoder for these terms; proves one, which takes a while, where none of the codec is known.
  ///
  /// - Throws: ``EncoderUnavailable`` if there is none.
  func kind(of terms: StreamTerms) throws(EncoderUnavailable) -> EncoderKind {
    if let known = self.known(terms.codec) { return known }
    let selection = try EncoderSelection.choose(
      codec: terms.codec,
      size: terms.picture,
      frameRate: terms.frameRate,
      bitrate: terms.maximumBitrate
    )
    self.kinds.withLock { $0[terms.codec] = selection.kind }
    return selection.kind
  }
}
