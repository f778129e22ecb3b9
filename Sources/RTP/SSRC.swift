/// The identifier of one RTP stream within a session.
///
/// - Spec: RFC 3550 §3, §8.
public struct SSRC: Hashable, Sendable {
  public var rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }
}
