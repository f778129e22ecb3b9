public import MediaUnits

/// Which encoder this machine will use, found by trying, and why it is not a better one.
public struct EncoderSelection: Hashable, Sendable {
  /// Why one encoder was not chosen.
  public struct Refusal: Hashable, Sendable, CustomStringConvertible {
    public let kind: EncoderKind
    /// One line for a person.
    public let reason: String

    public var description: String { "\(self.kind.rawValue): \(self.reason)" }
  }

  /// The encoder that encoded a picture which decoded to what went in.
  public let kind: EncoderKind
  /// Those that were tried before it, in order.
  public let refusals: [Refusal]

  /// Tries the encoders in order of preference; each must encode one picture that decodes to what went in.
  ///
  /// - Parameters:
  ///   - kind: try this one only; `nil` for all of `codec`.
  ///   - codec: what it is to make, unless `kind` says so.
  ///   - size: even in both dimensions.
  ///   - frameRate: frames per second, at least 1.
  ///   - bitrate: at least 1 kbit/s.
  /// - Throws: ``EncoderUnavailable`` if none works; there is never a silent fallback from a named one.
  public static func choose(
    named kind: EncoderKind? = nil,
    codec: VideoCodec = .h264,
    size: PictureSize,
    frameRate: Int,
    bitrate: Bitrate
  ) throws(EncoderUnavailable) -> EncoderSelection {
    var refusals: [Refusal] = []
    for candidate in kind.map({ [$0] }) ?? EncoderKind.all(of: codec) {
      let configuration = VideoEncoder.Configuration(
        size: size,
        frameRate: frameRate,
        bitrate: bitrate,
        kind: candidate
      )
      do throws(FFmpegError) {
        if let fault = try EncoderProof.fault(of: configuration) {
          refusals.append(Refusal(kind: candidate, reason: fault))
        } else {
          return EncoderSelection(kind: candidate, refusals: refusals)
        }
      } catch {
        refusals.append(Refusal(kind: candidate, reason: error.description))
      }
    }
    throw EncoderUnavailable(refusals: refusals)
  }
}
