internal import CFFmpeg
internal import MediaUnits

extension VideoEncoder {
  /// Opens a context, with the library's own words in the error.
  static func open(
    _ configuration: Configuration,
    upload: HardwareUpload?
  ) throws(FFmpegError) -> CodecContext {
    guard let codec = avcodec_find_encoder_by_name(configuration.kind.rawValue) else {
      throw FFmpegError(
        code: shim_AVERROR_ENCODER_NOT_FOUND,
        operation: "avcodec_find_encoder_by_name",
        detail: "this libavcodec was built without it"
      )
    }
    var failure: FFmpegError?
    for options in configuration.optionSets {
      do throws(FFmpegError) {
        return try FFmpegLog.explaining { () throws(FFmpegError) in
          let context = CodecContext(codec)
          context.prepare(configuration)
          if let upload { try context.attach(upload) }
          for (name, value) in Array(options) + configuration.refreshOptions {
            guard av_opt_set(context.pointer.pointee.priv_data, name, value, 0) >= 0 else {
              throw FFmpegError(
                code: shim_AVERROR_ENOSYS,
                operation: "av_opt_set",
                detail: "no option \(name)=\(value)"
              )
            }
          }
          try FFmpegError.check("avcodec_open2", avcodec_open2(context.pointer, codec, nil))
          return context
        }
      } catch {
        failure = failure ?? error
      }
    }
    throw failure ?? FFmpegError(code: shim_AVERROR_ENCODER_NOT_FOUND, operation: "avcodec_open2")
  }
}

extension VideoEncoder.Configuration {
  /// Private options of each encoder, in the order in which to try them.
  ///
  /// - Source: `ffmpeg -h encoder=NAME` of FFmpeg 5.1.
  var optionSets: [KeyValuePairs<String, String>] {
    switch self.kind {
    case .nvenc:
      // `delay` holds frames back unless it is 0, its default being the largest integer.
      [
        [
          "preset": "p2", "tune": "ull", "rc": "cbr", "profile": "baseline", "zerolatency": "1", "delay": "0",
          "surfaces": "1", "forced-idr": "1", "aud": "0", "ldkfs": "1", "b_ref_mode": "disabled", "rc-lookahead": "0",
        ]
      ]
    case .vaapi:
      // Newer Intel chips have nothing but the low-power encoder, others do not have it.
      [self.vaapiOptions(lowPower: "0"), self.vaapiOptions(lowPower: "1")]
    case .x264:
      // ultrafast is CAVLC, one reference, diamond search, no adaptive quantisation, no weighted prediction and no loop
      // filter. A loop filter would be worth up to 2.7 dB on scrolling texture at 720p60 and 10 Mbit/s, and cost 0.3 ms
      // in the encoder and as much in the decoder. The rate is a cap, held frame by frame by the one-frame buffer; a
      // picture that looks right with less (x264's own default quality) takes less, and less time.
      [
        [
          "preset": "ultrafast", "tune": "zerolatency", "profile": "baseline", "forced-idr": "1", "aud": "0",
          "sc_threshold": "0", "nal-hrd": "none", "crf": "23",
          "x264-params": "sliced-threads=1:slices=\(self.threads):repeat-headers=1",
        ]
      ]
    case .hevcNVENC:
      [
        [
          "preset": "p2", "tune": "ull", "rc": "cbr", "profile": "main", "zerolatency": "1", "delay": "0",
          "surfaces": "1", "forced-idr": "1", "aud": "0", "ldkfs": "1", "b_ref_mode": "disabled", "rc-lookahead": "0",
        ]
      ]
    case .hevcVAAPI:
      [self.hevcVAAPIOptions(lowPower: "0"), self.hevcVAAPIOptions(lowPower: "1")]
    case .x265:
      // One frame at a time on all threads, by wavefronts; what else "zerolatency" leaves open is shut here. Its default
      // quality looks like x264's at a fifth less.
      [
        [
          "preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1", "crf": "26",
          "x265-params": """
          log-level=none:frame-threads=1:pools=\(self.threads):wpp=1:rc-lookahead=0:bframes=0:scenecut=0:keyint=-1:\
          open-gop=0:repeat-headers=1:annexb=1:aud=0:hrd=0:info=0:ref=1
          """,
        ]
      ]
    }
  }

  /// What else is set where the picture is drawn anew part by part. Both encoders then take the length of a group of
  /// pictures for the period, and make no key frame that was not asked for.
  var refreshOptions: [(key: String, value: String)] {
    guard self.refreshPeriod != nil else { return [] }
    // x264 keeps its searched motion out of what is not drawn anew yet, but not that of blocks which it skips early: where
    // a picture moves by more than a block a frame, that would carry a loss on behind the wave.
    return [("intra-refresh", "1")] + (self.kind == .x264 ? [("fast-pskip", "0")] : [])
  }

  private func hevcVAAPIOptions(lowPower: String) -> KeyValuePairs<String, String> {
    ["rc_mode": "CBR", "profile": "main", "async_depth": "1", "low_power": lowPower, "aud": "0", "sei": "0"]
  }

  private func vaapiOptions(lowPower: String) -> KeyValuePairs<String, String> {
    [
      "rc_mode": "CBR", "profile": "constrained_baseline", "async_depth": "1", "low_power": lowPower, "aud": "0",
      "sei": "0",
    ]
  }

  /// Frames from one key frame to the next that nobody asked for, or from one wave of intra refresh to the next.
  var gopLength: CInt {
    if let refreshPeriod { return CInt(clamping: refreshPeriod) }
    return switch self.kind {
    case .nvenc, .hevcNVENC: .max
    // Some drivers multiply it; nine minutes at 60 frames a second.
    case .vaapi, .hevcVAAPI: 32_767
    // X264_KEYINT_MAX_INFINITE.
    case .x264: 1 << 30
    // x265's own parameters say that there are none.
    case .x265: -1
    }
  }
}

extension CodecContext {
  /// Sets what all encoders share.
  fileprivate func prepare(_ configuration: VideoEncoder.Configuration) {
    let context = self.pointer
    context.pointee.width = CInt(configuration.size.width)
    context.pointee.height = CInt(configuration.size.height)
    context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    context.pointee.time_base = AVRational(num: 1, den: CInt(configuration.frameRate))
    context.pointee.framerate = AVRational(num: CInt(configuration.frameRate), den: 1)
    context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    context.pointee.color_range = AVCOL_RANGE_MPEG
    context.pointee.color_primaries = AVCOL_PRI_SMPTE170M
    context.pointee.color_trc = AVCOL_TRC_SMPTE170M
    context.pointee.colorspace = AVCOL_SPC_SMPTE170M
    context.pointee.chroma_sample_location = AVCHROMA_LOC_LEFT
    context.pointee.max_b_frames = 0
    context.pointee.refs = 1
    context.pointee.gop_size = configuration.gopLength
    if configuration.kind == .x264 {
      context.pointee.thread_count = CInt(configuration.threads)
      context.pointee.thread_type = FF_THREAD_SLICE
    }
    self.apply(
      configuration.bitrate,
      frameRate: configuration.frameRate,
      openedFrameRate: configuration.frameRate
    )
  }

  fileprivate func attach(_ upload: HardwareUpload) throws(FFmpegError) {
    self.pointer.pointee.pix_fmt = AV_PIX_FMT_VAAPI
    guard let frames = av_buffer_ref(upload.frames.pointer) else { preconditionFailure("out of memory") }
    self.pointer.pointee.hw_frames_ctx = frames
  }

  /// Average and maximum alike, and a buffer of one frame.
  ///
  /// - Parameter openedFrameRate: what the library believes; where fewer frames come, each gets more of what it takes for
  ///   a second's bits.
  func apply(_ bitrate: Bitrate, frameRate: Int, openedFrameRate: Int) {
    precondition(bitrate >= .kilobits(1), "an encoder cannot encode to nothing")
    let believed = bitrate.bitsPerSecond * Int64(openedFrameRate) / Int64(frameRate)
    self.pointer.pointee.bit_rate = believed
    self.pointer.pointee.rc_max_rate = believed
    self.pointer.pointee.rc_buffer_size = CInt(clamping: bitrate.bitsPerSecond / Int64(frameRate))
  }
}
