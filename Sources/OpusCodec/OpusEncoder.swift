internal import COpus
public import MediaUnits

/// An Opus encoder for interactive sound: 48 kHz stereo, restricted low delay, constrained variable bitrate.
///
/// Restricted low delay is CELT alone, which looks 2.5 ms ahead instead of SILK's 6.5 ms. Constrained VBR keeps the
/// average at the bitrate with at most one packet's worth of surplus, and lets silence cost next to nothing.
///
/// Cannot be copied and is not `Sendable`: create it on the thread that will encode, or send it there once.
///
/// - Source: opus.h, "Opus Encoder".
/// - Spec: RFC 6716; RFC 7587 §3.1.
public struct OpusEncoder: ~Copyable {
  public struct Configuration: Hashable, Sendable {
    public var frameLength: OpusFormat.FrameLength
    /// 6 to 510 kbit/s.
    public var bitrate: Bitrate
    /// 0 (cheapest) to 10 (best).
    public var complexity: Int

    public init(
      frameLength: OpusFormat.FrameLength = .fiveMilliseconds,
      bitrate: Bitrate = .kilobits(128),
      complexity: Int = 5
    ) {
      self.frameLength = frameLength
      self.bitrate = bitrate
      self.complexity = complexity
    }
  }

  public let configuration: Configuration
  /// Samples per channel by which decoded sound lags what went in; a container's pre-skip.
  ///
  /// - Spec: RFC 7845 §4.2.
  public let lookahead: Int
  private let state: EncoderState

  /// - Throws: ``OpusError`` if the library refuses the bitrate or complexity.
  public init(_ configuration: Configuration = Configuration()) throws(OpusError) {
    let state = try EncoderState()
    let bitrate = opus_int32(clamping: configuration.bitrate.bitsPerSecond)
    try OpusError.check("OPUS_SET_BITRATE", shim_opus_set_bitrate(state.pointer, bitrate))
    let complexity = opus_int32(clamping: configuration.complexity)
    try OpusError.check("OPUS_SET_COMPLEXITY", shim_opus_set_complexity(state.pointer, complexity))
    try OpusError.check("OPUS_SET_VBR", shim_opus_set_constrained_vbr(state.pointer))
    var lookahead: opus_int32 = 0
    try OpusError.check("OPUS_GET_LOOKAHEAD", shim_opus_get_lookahead(state.pointer, &lookahead))
    self.configuration = configuration
    self.lookahead = Int(lookahead)
    self.state = state
  }

  /// Encodes one frame.
  ///
  /// - Parameters:
  ///   - pcm: interleaved samples, exactly `frameLength.sampleCount * 2` of them.
  ///   - packet: where the packet is written; ``OpusFormat/maximumPacketByteCount`` bytes are always enough, and fewer
  ///     make the encoder lower its quality to fit.
  /// - Returns: how many bytes of `packet` were written; at least 1.
  /// - Throws: ``OpusError``.
  /// - Complexity: about 0.1 ms a frame; does not allocate.
  public mutating func encode(
    pcm: UnsafeBufferPointer<Int16>,
    into packet: UnsafeMutableRawBufferPointer
  ) throws(OpusError) -> Int {
    let sampleCount = self.configuration.frameLength.sampleCount
    precondition(pcm.count == sampleCount * OpusFormat.channelCount, "an encoder takes whole frames of its length")
    guard let samples = pcm.baseAddress, let bytes = packet.baseAddress else {
      throw OpusError(code: OPUS_BUFFER_TOO_SMALL, operation: "opus_encode")
    }
    let written = opus_encode(
      self.state.pointer,
      samples,
      CInt(sampleCount),
      bytes.assumingMemoryBound(to: UInt8.self),
      opus_int32(clamping: packet.count)
    )
    try OpusError.check("opus_encode", written)
    return Int(written)
  }

  /// Changes the rate from the next frame on.
  ///
  /// - Throws: ``OpusError`` if the rate is not positive.
  public mutating func setBitrate(_ bitrate: Bitrate) throws(OpusError) {
    let value = opus_int32(clamping: bitrate.bitsPerSecond)
    try OpusError.check("OPUS_SET_BITRATE", shim_opus_set_bitrate(self.state.pointer, value))
  }
}
