/// Why a datagram is not a sequence of RTCP packets. A peer can cause every one of these.
public enum RTCPParseError: Error, Hashable, Sendable {
  /// A packet ends before a field that must be there.
  case truncated
  /// The version field is not 2.
  case unsupportedVersion(UInt8)
  /// The padding count is not a positive multiple of four within its packet, or a packet before the last is padded.
  case invalidPadding
  /// A text is not UTF-8.
  case invalidText
  /// More packets than ``RTCPReader/maximumPacketCount``.
  case tooManyPackets
}
