import LinkEmulator
import Octets

extension Parser {
  /// A packet that crosses an emulated path, which may mark it.
  static func ipPacket() -> Parser {
    Parser(name: "ip-packet", valid: [Self.ipv4, Self.ipv6], longest: 100) { bytes in
      var marked = bytes
      var span = marked.mutableSpan
      var mutable = span.mutableBytes
      IPPacket.markCongestion(&mutable)
      precondition(marked.count == bytes.count, "a mark takes no room")
      precondition(zip(marked, bytes).count { $0 != $1 } <= 3, "a mark and a checksum are three bytes")
      return IPPacket.crossesPath(bytes.octets)
    }
  }

  private static let ipv4: [UInt8] = [
    0x45, 0x02, 0, 28, 0, 1, 0x40, 0, 64, 17, 0x6E, 0x9D, 198, 18, 0, 2, 198, 18, 0, 1, 1, 2, 3, 4, 0, 8, 0, 0,
  ]
  private static let ipv6: [UInt8] =
    [0x60, 0x20, 0, 0, 0, 8, 17, 64] + [0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    + [0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] + [1, 2, 3, 4, 0, 8, 0, 0]
}
