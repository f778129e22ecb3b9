internal import CFFmpeg

// One owner per C object, with nothing else in it. Owners compose: a type that stores three of them needs no `deinit`,
// and a throw part-way through its initialiser frees exactly what had been made.
//
// Out of memory is not recoverable here, so allocation of these small objects traps rather than throws.

struct CodecContext: ~Copyable {
  let pointer: UnsafeMutablePointer<AVCodecContext>

  init(_ codec: UnsafePointer<AVCodec>) {
    self.pointer = avcodec_alloc_context3(codec)!
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVCodecContext>? = self.pointer
    avcodec_free_context(&pointer)
  }
}

struct Frame: ~Copyable {
  let pointer: UnsafeMutablePointer<AVFrame> = av_frame_alloc()!

  deinit {
    var pointer: UnsafeMutablePointer<AVFrame>? = self.pointer
    av_frame_free(&pointer)
  }
}

struct PacketStorage: ~Copyable {
  let pointer: UnsafeMutablePointer<AVPacket> = av_packet_alloc()!

  deinit {
    var pointer: UnsafeMutablePointer<AVPacket>? = self.pointer
    av_packet_free(&pointer)
  }
}

/// One reference to something that libavutil counts.
struct BufferReference: ~Copyable {
  let pointer: UnsafeMutablePointer<AVBufferRef>

  init(adopting pointer: UnsafeMutablePointer<AVBufferRef>) {
    self.pointer = pointer
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVBufferRef>? = self.pointer
    av_buffer_unref(&pointer)
  }
}

/// A muxer with the file that it writes.
struct OutputContext: ~Copyable {
  let pointer: UnsafeMutablePointer<AVFormatContext>

  /// Creates the file, or empties it.
  ///
  /// - Throws: ``FFmpegError`` if no container goes by the path's extension, or the file cannot be written.
  init(path: String) throws(FFmpegError) {
    var allocated: UnsafeMutablePointer<AVFormatContext>?
    try FFmpegError.check(
      "avformat_alloc_output_context2",
      avformat_alloc_output_context2(&allocated, nil, nil, path)
    )
    guard let allocated else { preconditionFailure("a context was allocated but is not there") }
    let opened = avio_open(&allocated.pointee.pb, path, AVIO_FLAG_WRITE)
    guard opened >= 0 else {
      avformat_free_context(allocated)
      throw FFmpegError(code: opened, operation: "avio_open \(path)", detail: nil)
    }
    self.pointer = allocated
  }

  deinit {
    avio_closep(&self.pointer.pointee.pb)
    avformat_free_context(self.pointer)
  }
}
