internal import CFFmpeg
public import MediaUnits

/// Writes what was streamed, as it was streamed, into a Matroska or MP4 file.
///
/// Nothing is coded again. The file starts at the first key frame; what comes before is dropped. It stays readable up to
/// the last second if the process is killed: MP4 is written in fragments of a second, Matroska in clusters of one.
///
/// Cannot be copied and is not `Sendable`; writing may wait for the disk, so it belongs on a thread of its own.
///
/// - Source: libavformat/avformat.h, "Muxing".
public struct MediaRecorder: ~Copyable {
  private static let nanoseconds = AVRational(num: 1, den: 1_000_000_000)

  private let codec: VideoCodec
  private let output: OutputContext
  private let packet: PacketStorage
  private let frameDuration: Int64
  private var video: Track
  private var audio: Track?
  /// When the file's time starts; `nil` until the first key frame.
  private var start: Int64?
  private var isFinished = false

  private struct Track {
    let index: Int
    /// The last timestamp written, in the stream's own time base.
    var last: Int64 = -1
  }

  /// Creates the file.
  ///
  /// - Parameters:
  ///   - path: where; its extension, `mp4` or `mkv`, says what. An existing file is overwritten.
  ///   - size: of the pictures.
  ///   - codec: what they are compressed with.
  ///   - frameRate: frames per second, as announced; each frame has a timestamp of its own.
  ///   - hasAudio: whether ``writeAudio(_:at:)`` will be called.
  ///   - audioPreSkip: samples of 48 kHz that a player drops at the start: the encoder's lookahead.
  /// - Throws: ``FFmpegError`` if the extension is neither, or the file cannot be created.
  public init(
    path: String,
    size: PictureSize,
    codec: VideoCodec = .h264,
    frameRate: Int,
    hasAudio: Bool,
    audioPreSkip: Int = 120
  ) throws(FFmpegError) {
    precondition(frameRate >= 1, "a recording has a frame rate")
    guard path.hasSuffix(".mp4") || path.hasSuffix(".mkv") else {
      throw FFmpegError(
        code: shim_AVERROR_MUXER_NOT_FOUND,
        operation: "recording to \(path)",
        detail: "a recording is named .mp4 or .mkv"
      )
    }
    let output = try FFmpegLog.explaining { () throws(FFmpegError) in try OutputContext(path: path) }
    output.addVideo(size: size, codec: codec, frameRate: frameRate)
    if hasAudio { output.addAudio(preSkip: audioPreSkip) }
    self.codec = codec
    self.output = output
    self.packet = PacketStorage()
    self.frameDuration = 1_000_000_000 / Int64(frameRate)
    self.video = Track(index: 0)
    self.audio = hasAudio ? Track(index: 1) : nil
  }

  /// Writes one access unit.
  ///
  /// - Parameters:
  ///   - accessUnit: Annex B; a key frame carries its parameter sets.
  ///   - time: when it was captured, in nanoseconds of any clock; the same clock as the sound's.
  /// - Returns: whether it was written: `false` before the first key frame.
  /// - Throws: ``FFmpegError``, for instance when the disk is full; nothing more should be written then.
  @discardableResult
  public mutating func writeVideo(
    _ accessUnit: UnsafeRawBufferPointer,
    isKeyframe: Bool,
    at time: Int64
  ) throws(FFmpegError) -> Bool {
    if self.start == nil {
      guard !self.isFinished, isKeyframe, let sets = ParameterSets.copy(from: accessUnit, codec: self.codec) else {
        return false
      }
      // A header that was refused is not tried again.
      self.isFinished = true
      try self.begin(parameterSets: sets)
      self.isFinished = false
      self.start = time
    }
    var track = self.video
    defer { self.video = track }
    return try self.write(
      accessUnit,
      to: &track,
      at: time,
      duration: self.frameDuration,
      flags: isKeyframe ? AV_PKT_FLAG_KEY : 0
    )
  }

  /// Writes one Opus packet.
  ///
  /// - Parameters:
  ///   - bytes: one packet.
  ///   - time: when its first sample was captured, in nanoseconds, by the clock that the pictures go by.
  /// - Returns: whether it was written: `false` before the first key frame, or if the recording has no sound.
  /// - Throws: ``FFmpegError``, for instance when the disk is full; nothing more should be written then.
  @discardableResult
  public mutating func writeAudio(_ bytes: UnsafeRawBufferPointer, at time: Int64) throws(FFmpegError) -> Bool {
    guard var track = self.audio, self.start != nil else { return false }
    defer { self.audio = track }
    let duration = OpusDuration.nanoseconds(of: bytes)
    return try self.write(bytes, to: &track, at: time, duration: duration, flags: AV_PKT_FLAG_KEY)
  }

  /// Writes what the container keeps for the end, and closes the file for further writing.
  ///
  /// A recording that never saw a key frame leaves an empty file.
  public mutating func finish() throws(FFmpegError) {
    guard self.start != nil, !self.isFinished else { return }
    self.isFinished = true
    try FFmpegError.check("av_write_trailer", av_write_trailer(self.output.pointer))
    avio_flush(self.output.pointer.pointee.pb)
    try FFmpegError.check("avio_flush", self.output.pointer.pointee.pb.pointee.error)
  }

  private borrowing func begin(parameterSets: [UInt8]) throws(FFmpegError) {
    self.output.setExtradata(parameterSets, ofStream: self.video.index)
    let context = self.output.pointer
    context.pointee.flags |= AVFMT_FLAG_FLUSH_PACKETS
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    // Key frames are rare, so fragments are cut by time. Each option is the business of one container only.
    if String(cString: context.pointee.oformat.pointee.name) == "mp4" {
      av_dict_set(&options, "movflags", "empty_moov+default_base_moof+frag_keyframe", 0)
      av_dict_set(&options, "frag_duration", "1000000", 0)
    } else {
      av_dict_set(&options, "cluster_time_limit", "1000", 0)
    }
    try FFmpegLog.explaining { () throws(FFmpegError) in
      try FFmpegError.check("avformat_write_header", avformat_write_header(context, &options))
    }
  }

  /// Writes one packet at once; interleaving would hold pictures back until there is sound, and the other way round.
  private borrowing func write(
    _ bytes: UnsafeRawBufferPointer,
    to track: inout Track,
    at time: Int64,
    duration: Int64,
    flags: CInt
  ) throws(FFmpegError) -> Bool {
    guard let start = self.start, !self.isFinished, time >= start, !bytes.isEmpty, bytes.count <= CInt.max,
      let stream = self.output.pointer.pointee.streams[track.index]
    else { return false }
    let base = stream.pointee.time_base
    // Timestamps must rise, whatever the sender's clock did.
    let timestamp = max(av_rescale_q(time - start, Self.nanoseconds, base), track.last + 1)
    track.last = timestamp

    let packet = self.packet.pointer
    defer { av_packet_unref(packet) }
    packet.pointee.data = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: UInt8.self)
    packet.pointee.size = CInt(bytes.count)
    packet.pointee.stream_index = CInt(track.index)
    packet.pointee.pts = timestamp
    packet.pointee.dts = timestamp
    packet.pointee.duration = av_rescale_q(duration, Self.nanoseconds, base)
    packet.pointee.flags = flags
    try FFmpegError.check("av_write_frame", av_write_frame(self.output.pointer, packet))
    return true
  }
}
