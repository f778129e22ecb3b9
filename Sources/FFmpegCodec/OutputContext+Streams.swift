internal import CFFmpeg
internal import MediaUnits

extension OutputContext {
  func addVideo(size: PictureSize, codec: VideoCodec, frameRate: Int) {
    let stream = self.addStream(type: AVMEDIA_TYPE_VIDEO, codec: codec.libraryID)
    stream.pointee.time_base = AVRational(num: 1, den: 90_000)
    stream.pointee.avg_frame_rate = AVRational(num: CInt(frameRate), den: 1)
    guard let parameters = stream.pointee.codecpar else { preconditionFailure("a stream has parameters") }
    parameters.pointee.format = AV_PIX_FMT_YUV420P.rawValue
    parameters.pointee.width = CInt(size.width)
    parameters.pointee.height = CInt(size.height)
    parameters.pointee.color_range = AVCOL_RANGE_MPEG
    parameters.pointee.color_primaries = AVCOL_PRI_SMPTE170M
    parameters.pointee.color_trc = AVCOL_TRC_SMPTE170M
    parameters.pointee.color_space = AVCOL_SPC_SMPTE170M
  }

  /// - Parameter preSkip: samples of 48 kHz, 0 to 65535.
  func addAudio(preSkip: Int) {
    let stream = self.addStream(type: AVMEDIA_TYPE_AUDIO, codec: AV_CODEC_ID_OPUS)
    stream.pointee.time_base = AVRational(num: 1, den: 48_000)
    guard let parameters = stream.pointee.codecpar else { preconditionFailure("a stream has parameters") }
    parameters.pointee.sample_rate = 48_000
    parameters.pointee.initial_padding = CInt(preSkip)
    av_channel_layout_default(&parameters.pointee.ch_layout, 2)
    self.setExtradata(OpusHead.bytes(channelCount: 2, preSkip: UInt16(preSkip)), ofStream: 1)
  }

  /// Gives the stream a copy of what a decoder needs before the first packet.
  func setExtradata(_ bytes: [UInt8], ofStream index: Int) {
    guard let parameters = self.pointer.pointee.streams[index]?.pointee.codecpar,
      let copy = av_mallocz(bytes.count + Int(AV_INPUT_BUFFER_PADDING_SIZE))
    else { preconditionFailure("out of memory, or no such stream") }
    bytes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    parameters.pointee.extradata = copy.assumingMemoryBound(to: UInt8.self)
    parameters.pointee.extradata_size = CInt(bytes.count)
  }

  private func addStream(type: AVMediaType, codec: AVCodecID) -> UnsafeMutablePointer<AVStream> {
    guard let stream = avformat_new_stream(self.pointer, nil) else { preconditionFailure("out of memory") }
    stream.pointee.codecpar.pointee.codec_type = type
    stream.pointee.codecpar.pointee.codec_id = codec
    return stream
  }
}

/// The identification header that Matroska stores for Opus, and from which MP4's is made.
///
/// - Spec: RFC 7845 §5.1.
enum OpusHead {
  static func bytes(channelCount: UInt8, preSkip: UInt16) -> [UInt8] {
    let sampleRate: [UInt8] = [0x80, 0xBB, 0, 0]  // 48 000, least significant byte first
    return Array("OpusHead".utf8) + [1, channelCount, UInt8(preSkip & 0xFF), UInt8(preSkip >> 8)] + sampleRate
      + [0, 0, 0]  // no gain, channel mapping family 0
  }
}
