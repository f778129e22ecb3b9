internal import CFFmpeg
public import MediaUnits
internal import RTP

/// An H.264 or HEVC encoder for interactive video: every frame goes in and comes out at once.
///
/// No B-frames, no lookahead, no periodic key frame, and a buffer of one frame, so that no frame takes much longer on
/// the wire than the frame interval. Key frames come where they are asked for, with their parameter sets in-band.
///
/// Cannot be copied and is not `Sendable`: create it on the thread that will encode, or send it there once. The caller
/// fills the encoder's own picture through ``withInput(_:)`` and then calls ``encode(isKeyframe:pts:_:)``.
///
/// - Source: libavcodec/avcodec.h, "send/receive encoding and decoding API overview".
public struct VideoEncoder: ~Copyable {
  public struct Configuration: Hashable, Sendable {
    /// Even in both dimensions.
    public var size: PictureSize
    /// Frames per second, at least 1: with the bitrate it makes the budget of one frame.
    public var frameRate: Int
    /// At least 1 kbit/s.
    public var bitrate: Bitrate
    public var kind: EncoderKind
    /// Threads, and with them slices per picture, of the software encoder; at least 1. Hardware ignores it.
    public var threads: Int
    /// The picture is drawn anew part by part, in waves that begin so many frames apart and take as many at most; `nil`
    /// for not at all. Key frames still come where they are asked for, and the next wave a period after them.
    public var refreshPeriod: Int?

    public init(
      size: PictureSize,
      frameRate: Int,
      bitrate: Bitrate,
      kind: EncoderKind,
      threads: Int = 2,
      refreshPeriod: Int? = nil
    ) {
      self.size = size
      self.frameRate = frameRate
      self.bitrate = bitrate
      self.kind = kind
      self.threads = threads
      self.refreshPeriod = refreshPeriod
    }
  }

  /// As opened, with the bitrate and frame rate that were set last.
  public private(set) var configuration: Configuration
  /// Frames per second that the library was told when it was opened; it divides the bitrate among so many.
  private var openedFrameRate: Int
  private var context: CodecContext
  private let upload: HardwareUpload?
  private let input: Frame
  private let packet: PacketStorage

  /// Opens the encoder that the configuration names, and no other.
  ///
  /// - Throws: ``FFmpegError`` if this libavcodec or this machine has no such encoder, it has no intra refresh where that
  ///   is asked for, or it refuses the configuration.
  public init(_ configuration: Configuration) throws(FFmpegError) {
    precondition(configuration.size.width % 2 == 0 && configuration.size.height % 2 == 0, "4:2:0 needs even sizes")
    precondition(configuration.frameRate >= 1 && configuration.threads >= 1, "an encoder needs a rate and a thread")
    guard configuration.refreshPeriod == nil || configuration.kind.hasIntraRefresh else {
      throw FFmpegError(
        code: shim_AVERROR_ENOSYS,
        operation: "avcodec_open2",
        detail: "\(configuration.kind.rawValue) has no intra refresh"
      )
    }
    let upload: HardwareUpload? =
      configuration.kind.usesVAAPI
      ? try FFmpegLog.explaining { () throws(FFmpegError) in try HardwareUpload(size: configuration.size) } : nil
    let context = try Self.open(configuration, upload: upload)

    let input = Frame()
    input.pointer.pointee.format = AV_PIX_FMT_YUV420P.rawValue
    input.pointer.pointee.width = CInt(configuration.size.width)
    input.pointer.pointee.height = CInt(configuration.size.height)
    input.pointer.pointee.color_range = AVCOL_RANGE_MPEG
    input.pointer.pointee.colorspace = AVCOL_SPC_SMPTE170M
    try FFmpegError.check("av_frame_get_buffer", av_frame_get_buffer(input.pointer, 0))
    input.fillWithBlack()

    self.configuration = configuration
    self.openedFrameRate = configuration.frameRate
    self.context = context
    self.upload = upload
    self.input = input
    self.packet = PacketStorage()
  }

  public var kind: EncoderKind { self.configuration.kind }

  /// libavcodec's name of the encoder.
  public var name: String { self.kind.rawValue }

  /// When ``setBitrate(_:)`` takes effect, and what it costs.
  public var rateChange: RateChange { self.kind.rateChange }

  /// Lends the picture that the next ``encode(isKeyframe:pts:_:)`` will encode.
  ///
  /// It still holds the previous picture (black at first), so a caller who knows what changed writes only that.
  public mutating func withInput<Value, Failure: Error>(
    _ body: (I420View) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    // Costs nothing unless the encoder still holds the last picture; then it copies, and only memory can run out.
    precondition(av_frame_make_writable(self.input.pointer) >= 0, "out of memory for a picture")
    return try body(self.input.i420View(size: self.configuration.size))
  }

  /// Encodes the picture that ``withInput(_:)`` lent, and passes on the one packet that it makes.
  ///
  /// - Parameters:
  ///   - isKeyframe: make this an IDR picture, as after a picture loss indication.
  ///   - pts: the caller's label of the picture, in any unit; must rise with every call.
  ///   - body: receives the packet; copy what must outlive it. Called exactly once unless this throws.
  /// - Throws: ``FFmpegError``, also if the encoder held the picture back. It stays usable unless the error repeats.
  /// - Complexity: allocates nothing beyond what libavcodec does.
  public mutating func encode(
    isKeyframe: Bool,
    pts: Int64,
    _ body: (borrowing EncodedPacket) -> Void
  ) throws(FFmpegError) {
    let (context, packet) = (self.context.pointer, self.packet.pointer)
    let frame = try self.upload?.upload(self.input) ?? self.input.pointer
    frame.pointee.pts = pts
    frame.pointee.pict_type = isKeyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE

    try FFmpegError.check("avcodec_send_frame", avcodec_send_frame(context, frame))
    let result = avcodec_receive_packet(context, packet)
    guard result != shim_AVERROR_EAGAIN else {
      throw FFmpegError(code: result, operation: "avcodec_receive_packet", detail: "the encoder held a frame back")
    }
    try FFmpegError.check("avcodec_receive_packet", result)
    defer { av_packet_unref(packet) }

    let storage = UnsafeRawBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
    // libx264 calls a frame with a recovery point a key frame, too.
    let point =
      self.configuration.refreshPeriod == nil
      ? nil : RecoveryPoint(accessUnit: storage.bytes, codec: self.kind.codec)
    // SAFETY: `storage` lives until `av_packet_unref`, and `EncodedPacket` cannot escape `body`.
    body(
      EncodedPacket(
        bytes: storage.bytes,
        isKeyframe: packet.pointee.flags & AV_PKT_FLAG_KEY != 0 && point == nil,
        recoveryFrameCount: point?.frameCount,
        pts: packet.pointee.pts
      )
    )
  }

  /// Changes the rate, and with it every frame's budget, as ``rateChange`` says; the same rate again costs nothing.
  ///
  /// - Parameter bitrate: at least 1 kbit/s.
  /// - Throws: ``FFmpegError`` only if ``rateChange`` is ``RateChange/onlyByReopening`` and reopening failed; the
  ///   encoder then goes on at the old rate.
  public mutating func setBitrate(_ bitrate: Bitrate) throws(FFmpegError) {
    try self.setRate(bitrate, frameRate: self.configuration.frameRate)
  }

  /// Changes bitrate and frame rate, and with them every frame's budget, as ``rateChange`` says; the same again costs
  /// nothing.
  ///
  /// - Parameters:
  ///   - bitrate: at least 1 kbit/s.
  ///   - frameRate: frames per second, at least 1.
  /// - Throws: ``FFmpegError``, as ``setBitrate(_:)`` does.
  public mutating func setRate(_ bitrate: Bitrate, frameRate: Int) throws(FFmpegError) {
    precondition(frameRate >= 1, "an encoder needs a rate")
    guard bitrate != self.configuration.bitrate || frameRate != self.configuration.frameRate else { return }
    var configuration = self.configuration
    configuration.bitrate = bitrate
    configuration.frameRate = frameRate
    switch self.rateChange {
    case .nextFrame, .withKeyframe:
      self.context.apply(bitrate, frameRate: frameRate, openedFrameRate: self.openedFrameRate)
    case .onlyByReopening:
      self.context = try Self.open(configuration, upload: self.upload)
      self.openedFrameRate = frameRate
    }
    self.configuration = configuration
  }
}
