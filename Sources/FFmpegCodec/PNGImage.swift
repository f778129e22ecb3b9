internal import CFFmpeg
internal import Glibc
public import MediaUnits

/// Writes pictures as PNG: 8-bit RGB, no alpha.
///
/// - Spec: ISO/IEC 15948.
public enum PNGImage {
  /// Compresses a picture.
  ///
  /// - Returns: a whole PNG file.
  /// - Throws: ``FFmpegError`` if this libavcodec cannot write PNG.
  /// - Complexity: tens of milliseconds at 720p: not for the path of a stream.
  public static func encode(_ picture: BGRXView) throws(FFmpegError) -> [UInt8] {
    FFmpegLog.redirected
    guard let codec = avcodec_find_encoder(AV_CODEC_ID_PNG) else {
      throw FFmpegError(
        code: shim_AVERROR_ENCODER_NOT_FOUND,
        operation: "avcodec_find_encoder",
        detail: "this libavcodec was built without PNG"
      )
    }
    let context = CodecContext(codec)
    context.pointer.pointee.width = CInt(picture.size.width)
    context.pointer.pointee.height = CInt(picture.size.height)
    context.pointer.pointee.pix_fmt = AV_PIX_FMT_RGB24
    context.pointer.pointee.time_base = AVRational(num: 1, den: 1)
    try FFmpegError.check("avcodec_open2", avcodec_open2(context.pointer, codec, nil))

    let frame = Frame()
    frame.pointer.pointee.format = AV_PIX_FMT_RGB24.rawValue
    frame.pointer.pointee.width = CInt(picture.size.width)
    frame.pointer.pointee.height = CInt(picture.size.height)
    try FFmpegError.check("av_frame_get_buffer", av_frame_get_buffer(frame.pointer, 0))
    self.reorder(picture, into: frame)

    let packet = PacketStorage()
    try FFmpegError.check("avcodec_send_frame", avcodec_send_frame(context.pointer, frame.pointer))
    try FFmpegError.check("avcodec_receive_packet", avcodec_receive_packet(context.pointer, packet.pointer))
    return Array(
      UnsafeRawBufferPointer(start: packet.pointer.pointee.data, count: Int(packet.pointer.pointee.size))
    )
  }

  /// Writes a picture to a file, replacing what was there.
  ///
  /// - Throws: ``FFmpegError``, also if the file cannot be written.
  public static func write(_ picture: BGRXView, to path: String) throws(FFmpegError) {
    let bytes = try self.encode(picture)
    guard let file = fopen(path, "wb") else { throw self.failure(path) }
    let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count
    let code = errno
    // What is still buffered reaches the disk here, or fails to.
    let isClosed = fclose(file) == 0
    guard isWritten, isClosed else { throw self.failure(path, code: isWritten ? errno : code) }
  }

  private static func failure(_ path: String, code: CInt = errno) -> FFmpegError {
    // AVERROR(code) is its negative on every POSIX system.
    FFmpegError(code: -code, operation: "writing \(path)", detail: nil)
  }

  private static func reorder(_ picture: BGRXView, into frame: borrowing Frame) {
    guard let pixels = frame.pointer.pointee.data.0 else { preconditionFailure("an RGB picture has one plane") }
    for row in 0..<picture.size.height {
      let source = picture.pixels + row * picture.stride
      let target = pixels + row * Int(frame.pointer.pointee.linesize.0)
      for column in 0..<picture.size.width {
        target[3 * column] = source[4 * column + 2]
        target[3 * column + 1] = source[4 * column + 1]
        target[3 * column + 2] = source[4 * column]
      }
    }
  }
}
