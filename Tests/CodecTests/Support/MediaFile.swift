import CFFmpeg

/// What a player finds in a recording, read back through libavformat.
struct MediaFile {
  struct Track: Equatable {
    var codec: String
    var packetCount = 0
    /// Seconds.
    var firstTimestamp = 0.0
    /// Seconds.
    var lastTimestamp = 0.0
    var timestampsRise = true
    /// Pictures that libavcodec made of the packets; video only.
    var pictureCount = 0
  }

  var tracks: [Track] = []

  /// Reads the whole file; `nil` if it does not open.
  init?(path: String) {
    var opened: UnsafeMutablePointer<AVFormatContext>?
    guard avformat_open_input(&opened, path, nil, nil) >= 0, let context = opened else { return nil }
    defer { avformat_close_input(&opened) }
    guard avformat_find_stream_info(context, nil) >= 0 else { return nil }
    var decoders: [UnsafeMutablePointer<AVCodecContext>?] = []
    for index in 0..<Int(context.pointee.nb_streams) {
      let parameters = context.pointee.streams[index]!.pointee.codecpar!
      self.tracks.append(Track(codec: String(cString: avcodec_get_name(parameters.pointee.codec_id))))
      let codec = avcodec_find_decoder(parameters.pointee.codec_id)
      var decoder = avcodec_alloc_context3(codec)
      if avcodec_parameters_to_context(decoder, parameters) < 0 || avcodec_open2(decoder, codec, nil) < 0 {
        avcodec_free_context(&decoder)
      }
      decoders.append(decoder)
    }
    var packet = av_packet_alloc()
    while av_read_frame(context, packet) >= 0 {
      let index = Int(packet!.pointee.stream_index)
      let base = context.pointee.streams[index]!.pointee.time_base
      let seconds = Double(packet!.pointee.dts) * Double(base.num) / Double(base.den)
      if self.tracks[index].packetCount == 0 { self.tracks[index].firstTimestamp = seconds }
      if self.tracks[index].packetCount > 0, seconds <= self.tracks[index].lastTimestamp {
        self.tracks[index].timestampsRise = false
      }
      self.tracks[index].lastTimestamp = seconds
      self.tracks[index].packetCount += 1
      self.tracks[index].pictureCount += Self.decode(packet, with: decoders[index])
      av_packet_unref(packet)
    }
    for index in decoders.indices {
      self.tracks[index].pictureCount += Self.decode(nil, with: decoders[index])
      avcodec_free_context(&decoders[index])
    }
    av_packet_free(&packet)
  }

  /// Counts the frames that come out when `packet` goes in.
  private static func decode(
    _ packet: UnsafeMutablePointer<AVPacket>?,
    with decoder: UnsafeMutablePointer<AVCodecContext>?
  ) -> Int {
    guard let decoder, avcodec_send_packet(decoder, packet) >= 0 else { return 0 }
    var frame = av_frame_alloc()
    defer { av_frame_free(&frame) }
    var count = 0
    while avcodec_receive_frame(decoder, frame) >= 0 { count += 1 }
    return count
  }
}

/// Decodes a PNG file's bytes to its red, green and blue samples, row by row without padding.
func decodedPNG(_ bytes: [UInt8]) -> [UInt8]? {
  let codec = avcodec_find_decoder(AV_CODEC_ID_PNG)
  var context = avcodec_alloc_context3(codec)
  var packet = av_packet_alloc()
  var frame = av_frame_alloc()
  defer {
    avcodec_free_context(&context)
    av_packet_free(&packet)
    av_frame_free(&frame)
  }
  guard avcodec_open2(context, codec, nil) >= 0, av_new_packet(packet, CInt(bytes.count)) >= 0 else { return nil }
  packet!.pointee.data.update(from: bytes, count: bytes.count)
  guard avcodec_send_packet(context, packet) >= 0, avcodec_receive_frame(context, frame) >= 0,
    let picture = frame, picture.pointee.format == AV_PIX_FMT_RGB24.rawValue, let data = picture.pointee.data.0
  else { return nil }
  return (0..<Int(picture.pointee.height)).flatMap { row in
    Array(
      UnsafeBufferPointer(
        start: data + row * Int(picture.pointee.linesize.0),
        count: 3 * Int(picture.pointee.width)
      )
    )
  }
}
