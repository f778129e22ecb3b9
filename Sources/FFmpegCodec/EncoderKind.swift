public import MediaUnits

/// A video encoder of libavcodec, named as it names it; those of a codec in order of preference.
public enum EncoderKind: String, CaseIterable, Hashable, Sendable {
  /// NVIDIA's, in hardware.
  case nvenc = "h264_nvenc"
  /// Intel's or AMD's, in hardware, through VA-API.
  case vaapi = "h264_vaapi"
  /// In software.
  case x264 = "libx264"
  /// NVIDIA's for HEVC.
  case hevcNVENC = "hevc_nvenc"
  /// Intel's or AMD's for HEVC.
  case hevcVAAPI = "hevc_vaapi"
  /// For HEVC, in software.
  case x265 = "libx265"

  /// What it makes.
  public var codec: VideoCodec {
    switch self {
    case .nvenc, .vaapi, .x264: .h264
    case .hevcNVENC, .hevcVAAPI, .x265: .hevc
    }
  }

  /// The encoders of a codec, in order of preference.
  public static func all(of codec: VideoCodec) -> [EncoderKind] {
    self.allCases.filter { $0.codec == codec }
  }

  /// Whether it can be asked to draw pictures anew part by part; ``IntraRefreshProof`` finds out whether it does.
  ///
  /// - Source: `ffmpeg -h encoder=NAME` of FFmpeg 5.1: VA-API's encoders have no such option. Recovery points of HEVC are
  ///   not read.
  public var hasIntraRefresh: Bool { self == .x264 || self == .nvenc }

  /// When a new bitrate takes effect, and what it costs.
  public var rateChange: RateChange {
    switch self {
    case .nvenc, .hevcNVENC: .withKeyframe
    // FFmpeg's libx265 reads the rate when it opens.
    case .vaapi, .hevcVAAPI, .x265: .onlyByReopening
    case .x264: .nextFrame
    }
  }

  /// Whether pictures have to be carried into the memory of a VA-API device first.
  var usesVAAPI: Bool { self == .vaapi || self == .hevcVAAPI }
}
