/// How an encoder changes its bitrate while it runs; a rate controller changes it the more rarely the more it costs.
public enum RateChange: Hashable, Sendable {
  /// The next frame already fits the new rate, at no cost.
  case nextFrame
  /// The next frame fits the new rate and is a key frame.
  ///
  /// - Source: libavcodec/nvenc.c of FFmpeg 5.1: each reconfiguration resets the encoder and forces an IDR.
  case withKeyframe
  /// ``VideoEncoder/setBitrate(_:)`` reopens the encoder, which takes tens of milliseconds; the next frame is a key
  /// frame.
  case onlyByReopening
}
