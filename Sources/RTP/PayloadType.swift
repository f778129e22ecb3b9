/// What the payload of an RTP packet is, as the session profile assigns it.
///
/// - Spec: RFC 3550 §5.1, Protocol/media.md §2.
public struct PayloadType: Hashable, Sendable {
  /// 0 ... 127.
  public var rawValue: UInt8

  /// - Parameter rawValue: 0 ... 127.
  @inlinable
  public init(rawValue: UInt8) {
    precondition(rawValue < 128, "a payload type has seven bits")
    self.rawValue = rawValue
  }

  /// H.264, packetization mode 1.
  public static let video = PayloadType(rawValue: 96)
  /// Retransmission of ``video``.
  public static let videoRetransmission = PayloadType(rawValue: 97)
  /// Input events of the player.
  public static let input = PayloadType(rawValue: 98)
  /// Opus.
  public static let audio = PayloadType(rawValue: 111)
}
