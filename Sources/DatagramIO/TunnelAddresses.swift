/// The addresses of one end of a link that is made for trials, in networks that are set aside for them.
///
/// - Spec: RFC 2544 §C.2.2 (198.18.0.0/15), RFC 5180 §8 (2001:2::/48).
public struct TunnelAddresses: Hashable, Sendable {
  static let ipv4Prefix: UInt32 = 30
  static let ipv6Prefix: UInt32 = 64

  public let ipv4: SocketAddress
  public let ipv6: SocketAddress

  /// - Parameters:
  ///   - link: each has networks of its own.
  ///   - end: 1 or 2.
  public init(link: UInt8, end: UInt8) {
    precondition(1...2 ~= end, "a link has two ends")
    self.ipv4 = SocketAddress(ipv4: 0xC612_0000 | UInt32(link) << 8 | UInt32(end), port: 0)
    self.ipv6 = SocketAddress(high: 0x2001_0002_0000_0000 | UInt64(link), low: UInt64(end), scope: 0, port: 0)
  }
}
