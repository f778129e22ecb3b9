internal import CFFmpeg
public import MediaUnits

/// An H.264 or HEVC decoder for interactive video: every access unit that goes in comes out at once as a picture.
///
/// Runs in software, on slices rather than on frames in parallel, since each frame thread would add a frame of delay.
/// A picture that the decoder knows to be damaged is an error and is not handed on; but with more than one thread it
/// seldom knows, since libavcodec then keeps no record of which macroblocks it decoded. Whole, authenticated access
/// units are the transport's part.
///
/// Cannot be copied and is not `Sendable`: create it on the thread that will decode, or send it there once.
///
/// - Source: libavcodec/avcodec.h, "send/receive encoding and decoding API overview".
public struct VideoDecoder: ~Copyable {
  /// Bytes that must be readable after the end of each access unit, with any content: the parser reads ahead.
  ///
  /// - Source: `AV_INPUT_BUFFER_PADDING_SIZE`, libavcodec/defs.h.
  public static let inputPadding = Int(AV_INPUT_BUFFER_PADDING_SIZE)

  /// What it decodes.
  public let codec: VideoCodec
  private let threads: Int
  /// The last one, padded; empty before there was one.
  private var keyframe: [UInt8] = []
  private var context: CodecContext
  private let frame: Frame
  private let packet: PacketStorage

  /// - Parameters:
  ///   - codec: what it is to decode.
  ///   - threads: how many slices to decode at the same time, at least 1. Where a second core is free, two take about two
  ///     thirds of the time of one for the two slices of our own encoder at 720p, at the same processor time.
  /// - Throws: ``FFmpegError`` if libavcodec has no decoder of that codec.
  public init(codec: VideoCodec = .h264, threads: Int = 2) throws(FFmpegError) {
    precondition(threads >= 1, "a decoder needs a thread")
    FFmpegLog.redirected
    let context = try Self.open(codec, threads: threads)

    // The packet refers to the caller's bytes, so that the library counts references instead of copying.
    let packet = PacketStorage()
    packet.pointer.pointee.buf = av_buffer_create(nil, 0, { _, _ in }, nil, CInt(AV_BUFFER_FLAG_READONLY))

    self.codec = codec
    self.threads = threads
    self.context = context
    self.frame = Frame()
    self.packet = packet
  }

  /// Decodes one access unit.
  ///
  /// An access unit that was lost is not always noticed: the next one may decode into a wrong picture without an
  /// error. Who feeds the decoder knows what was lost, and asks for a key frame.
  ///
  /// - Parameters:
  ///   - accessUnit: one whole access unit in Annex B form, of any content, with ``inputPadding`` readable bytes after
  ///     its end. It is not copied, and is not referred to once this returns.
  ///   - pts: the caller's label of the access unit, in any unit.
  ///   - body: receives the picture; copy what must outlive it.
  /// - Returns: whether there was a picture. Parameter sets alone, or pictures before the first key frame, give none.
  /// - Throws: ``FFmpegError`` if the bytes do not decode cleanly; the decoder stays usable, and a key frame repairs
  ///   what follows.
  /// - Complexity: allocates nothing beyond what libavcodec does.
  public mutating func decode(
    _ accessUnit: UnsafeRawBufferPointer,
    pts: Int64,
    _ body: (borrowing DecodedPicture) -> Void
  ) throws(FFmpegError) -> Bool {
    guard let start = accessUnit.baseAddress, accessUnit.count > 0, accessUnit.count <= CInt.max else { return false }
    let (context, packet) = (self.context.pointer, self.packet.pointer)
    packet.pointee.data = UnsafeMutableRawPointer(mutating: start).assumingMemoryBound(to: UInt8.self)
    packet.pointee.size = CInt(accessUnit.count)
    packet.pointee.pts = pts

    let sent = avcodec_send_packet(context, packet)
    // Until it asks for more, the decoder still refers to the caller's bytes: drain it whatever went wrong.
    var failure: FFmpegError?
    var hasPicture = false
    var isKeyframe = false
    if sent < 0 { failure = FFmpegError(code: sent, operation: "avcodec_send_packet") }
    for _ in 0..<4 {
      let result = avcodec_receive_frame(context, self.frame.pointer)
      if result == shim_AVERROR_EAGAIN { break }
      guard result >= 0 else {
        failure = failure ?? FFmpegError(code: result, operation: "avcodec_receive_frame")
        continue
      }
      defer { av_frame_unref(self.frame.pointer) }
      isKeyframe = self.frame.pointer.pointee.key_frame != 0
      do throws(FFmpegError) {
        try self.handOver(body)
        hasPicture = true
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    if isKeyframe {
      self.keyframe.removeAll(keepingCapacity: true)
      self.keyframe.append(contentsOf: accessUnit)
      self.keyframe.append(contentsOf: repeatElement(0, count: Self.inputPadding))
    }
    return hasPicture
  }

  /// Access units are missing, and the next has a recovery point: pictures are whole again from the one on that it names.
  ///
  /// The last key frame is decoded once more. libavcodec takes the time in which frames were lost for shorter than it was
  /// where their numbers wrapped meanwhile, and would hold later pictures back as if they came out of order; flushed, it
  /// would have no picture at all to refer to.
  public mutating func restart() {
    let keyframe = self.keyframe
    keyframe.span.bytes.withUnsafeBytes { bytes in
      let accessUnit = UnsafeRawBufferPointer(rebasing: bytes.dropLast(Self.inputPadding))
      // It did decode before; if it does not now, neither will what follows, and that is told.
      _ = try? self.decode(accessUnit, pts: 0) { _ in }
    }
  }

  /// Starts over, as if new: for another stream, or after errors that a key frame did not end.
  ///
  /// Damaged parameter sets can leave a decoder expecting reordered pictures for good, which flushing does not undo.
  ///
  /// - Throws: ``FFmpegError`` as the initialiser does; the decoder then goes on as it was.
  public mutating func reset() throws(FFmpegError) {
    self.context = try Self.open(self.codec, threads: self.threads)
  }

  private static func open(_ kind: VideoCodec, threads: Int) throws(FFmpegError) -> CodecContext {
    guard let codec = avcodec_find_decoder(kind.libraryID) else {
      throw FFmpegError(
        code: shim_AVERROR_DECODER_NOT_FOUND,
        operation: "avcodec_find_decoder",
        detail: "this libavcodec was built without a decoder of \(kind)"
      )
    }
    let context = CodecContext(codec)
    context.pointer.pointee.thread_count = CInt(threads)
    context.pointer.pointee.thread_type = FF_THREAD_SLICE
    // Without it a stream whose SPS has no bitstream_restriction is held back for reordering.
    context.pointer.pointee.flags |= AV_CODEC_FLAG_LOW_DELAY
    context.pointer.pointee.flags &= ~CInt(bitPattern: UInt32(AV_CODEC_FLAG_OUTPUT_CORRUPT))
    context.pointer.pointee.err_recognition = AV_EF_EXPLODE
    try FFmpegError.check("avcodec_open2", avcodec_open2(context.pointer, codec, nil))
    return context
  }

  private borrowing func handOver(_ body: (borrowing DecodedPicture) -> Void) throws(FFmpegError) {
    let frame = self.frame.pointer
    guard frame.pointee.decode_error_flags == 0, frame.pointee.flags & AV_FRAME_FLAG_CORRUPT == 0 else {
      throw FFmpegError(
        code: shim_AVERROR_INVALIDDATA,
        operation: "avcodec_receive_frame",
        detail: "the picture is damaged"
      )
    }
    guard frame.pointee.format == AV_PIX_FMT_YUV420P.rawValue, frame.pointee.width > 0, frame.pointee.height > 0 else {
      throw FFmpegError(
        code: shim_AVERROR_INVALIDDATA,
        operation: "avcodec_receive_frame",
        detail: "the picture is not 8-bit 4:2:0 of limited range"
      )
    }
    let size = PictureSize(width: Int(frame.pointee.width), height: Int(frame.pointee.height))
    body(
      DecodedPicture(
        planes: self.frame.i420View(size: size),
        isKeyframe: frame.pointee.key_frame != 0,
        pts: frame.pointee.pts
      )
    )
  }
}
