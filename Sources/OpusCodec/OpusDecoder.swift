internal import COpus

/// An Opus decoder that conceals packets which never came.
///
/// Cannot be copied and is not `Sendable`: create it on the thread that will decode, or send it there once.
///
/// - Source: opus.h, "Opus Decoder".
public struct OpusDecoder: ~Copyable {
  private let state: DecoderState

  /// - Throws: ``OpusError``.
  public init() throws(OpusError) {
    self.state = try DecoderState()
  }

  /// Decodes one packet, or invents what a lost one might have held.
  ///
  /// Call it once per packet in order, lost ones included, so that the concealment can continue from what was heard.
  ///
  /// - Parameters:
  ///   - packet: one packet as received, of any content; `nil` for one that was lost.
  ///   - pcm: receives interleaved stereo samples. For a lost packet its length says how much time was lost, and is a
  ///     multiple of 2.5 ms (240 values).
  /// - Returns: samples per channel written; `pcm` holds twice as many values.
  /// - Throws: ``OpusError`` if the packet is malformed or longer than `pcm`; count it and treat it as lost.
  /// - Complexity: does not allocate.
  public mutating func decode(
    _ packet: UnsafeRawBufferPointer?,
    into pcm: UnsafeMutableBufferPointer<Int16>
  ) throws(OpusError) -> Int {
    // The library takes an empty packet for a lost one.
    if let packet, packet.isEmpty { throw OpusError(code: OPUS_INVALID_PACKET, operation: "opus_decode") }
    guard let samples = pcm.baseAddress else { throw OpusError(code: OPUS_BUFFER_TOO_SMALL, operation: "opus_decode") }
    let decoded = opus_decode(
      self.state.pointer,
      packet?.baseAddress?.assumingMemoryBound(to: UInt8.self),
      opus_int32(packet?.count ?? 0),
      samples,
      CInt(pcm.count / OpusFormat.channelCount),
      0
    )
    try OpusError.check("opus_decode", decoded)
    return Int(decoded)
  }
}
