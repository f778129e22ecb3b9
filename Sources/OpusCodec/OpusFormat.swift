/// What every Opus stream of ours has in common.
///
/// - Spec: RFC 7587 §4.1: the RTP clock is 48 kHz whatever is encoded.
public enum OpusFormat {
  /// Samples per channel and second.
  public static let sampleRate = 48_000
  /// Interleaved, left first.
  public static let channelCount = 2
  /// Bytes that hold any packet of one frame.
  ///
  /// - Spec: RFC 6716 §3.4, R2: a frame has at most 1275 bytes; one more for the packet's first byte.
  public static let maximumPacketByteCount = 1276

  /// Samples per channel in one packet.
  public enum FrameLength: Int, Hashable, CaseIterable, Sendable {
    case fiveMilliseconds = 240
    case tenMilliseconds = 480

    /// Samples per channel.
    public var sampleCount: Int { self.rawValue }
  }
}
