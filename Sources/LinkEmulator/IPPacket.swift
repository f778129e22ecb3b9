internal import Octets

/// What an emulated path must know of the IP packets that it carries.
///
/// - Spec: RFC 791 §3.1, RFC 8200 §3, RFC 3168 §5.
public enum IPPacket {
  private static let ipv4HeaderByteCount = 20
  private static let ipv6HeaderByteCount = 40

  /// Whether a packet goes further than to its link: what devices tell their neighbours does not.
  public static func crossesPath(_ packet: RawSpan) -> Bool {
    switch Self.version(of: packet) {
    case 4:
      let destination: UInt32 = packet.bigEndian(at: 16)
      // Multicast for one link is 224.0.0.0/24.
      return destination >> 8 != 0xE0_0000 && destination != .max
    case 6:
      let source: UInt64 = packet.bigEndian(at: 8)
      let destination: UInt16 = packet.bigEndian(at: 24)
      // fe80::/10 is an address of a link, and ff02::/16 are groups on one; who has no address yet asks neighbours.
      let isUnspecified = source == 0 && packet.bigEndian(at: 16, as: UInt64.self) == 0
      return !isUnspecified && source >> 54 != 0xFE80 >> 6 && destination >> 6 != 0xFE80 >> 6 && destination != 0xFF02
    default: return false
    }
  }

  /// Marks a packet as having met congestion, if its sender says that it understands marks.
  public static func markCongestion(_ packet: inout MutableRawSpan) {
    switch Self.version(of: packet.bytes) {
    case 4:
      let before: UInt16 = packet.bytes.bigEndian(at: 0)
      guard before & 0b11 != 0 else { return }
      let after = before | 0b11
      packet.storeBigEndian(after, at: 0)
      // RFC 1624 §3: the checksum follows without the rest of the header.
      let sum = UInt32(~packet.bytes.bigEndian(at: 10, as: UInt16.self)) + UInt32(~before) + UInt32(after)
      let folded = (sum & 0xFFFF) + sum >> 16
      packet.storeBigEndian(~UInt16(truncatingIfNeeded: (folded & 0xFFFF) + folded >> 16), at: 10)
    case 6:
      let before: UInt16 = packet.bytes.bigEndian(at: 0)
      guard before & 0x30 != 0 else { return }
      packet.storeBigEndian(before | 0x30, at: 0)
    default: break
    }
  }

  /// 4 or 6, of a packet whose header is whole; else `nil`.
  private static func version(of packet: RawSpan) -> Int? {
    guard packet.byteCount >= Self.ipv4HeaderByteCount else { return nil }
    switch packet.bigEndian(at: 0, as: UInt8.self) >> 4 {
    case 4: return 4
    case 6: return packet.byteCount >= Self.ipv6HeaderByteCount ? 6 : nil
    default: return nil
    }
  }
}
