/// An H.264 encoder of libavcodec, named as it names it; in order of preference.
public enum EncoderKind: String, CaseIterable, Hashable, Sendable {
  /// NVIDIA's, in hardware.
  case nvenc = "h264_nvenc"
  /// Intel's or AMD's, in hardware, through VA-API.
  case vaapi = "h264_vaapi"
  /// In software.
  case x264 = "libx264"

  /// When a new bitrate takes effect, and what it costs.
  public var rateChange: RateChange {
    switch self {
    case .nvenc: .withKeyframe
    case .vaapi: .onlyByReopening
    case .x264: .nextFrame
    }
  }
}
