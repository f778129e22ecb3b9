internal import CFFmpeg
internal import MediaUnits

extension VideoCodec {
  /// libavcodec's name of it.
  var libraryID: AVCodecID {
    switch self {
    case .h264: AV_CODEC_ID_H264
    case .hevc: AV_CODEC_ID_HEVC
    }
  }
}
