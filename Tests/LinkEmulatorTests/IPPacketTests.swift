import Octets
import Testing

@testable import LinkEmulator

@Suite("IP packets on an emulated path")
struct IPPacketTests {
  /// An IPv4 header with a right checksum.
  private static func ipv4(to destination: [UInt8], ecn: UInt8 = 0, ttl: UInt8 = 64) -> [UInt8] {
    var header: [UInt8] = [0x45, 0xB8 | ecn, 0, 20, 0x12, 0x34, 0x40, 0, ttl, 17, 0, 0, 198, 18, 0, 2] + destination
    let sum = Self.sum(of: header)
    header[10] = UInt8(truncatingIfNeeded: ~sum >> 8)
    header[11] = UInt8(truncatingIfNeeded: ~sum)
    return header
  }

  private static func ipv6(from source: [UInt16], to destination: [UInt16], ecn: UInt8 = 0) -> [UInt8] {
    var header: [UInt8] = [0x6B, 0x80 | ecn << 4, 0, 0, 0, 0, 17, 64]
    for part in source + destination { header.appendBigEndian(part) }
    return header
  }

  /// The ones' complement sum of RFC 1071; 0xFFFF of a header that is right.
  private static func sum(of header: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: header.count, by: 2) {
      sum += UInt32(header[index]) << 8 | UInt32(header[index + 1])
    }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    return UInt16(sum)
  }

  @Test("those to a host, or to groups that routers serve, cross the path; those to the link's own do not")
  func crossing() {
    let link: [UInt16] = [0xFE80, 0, 0, 0, 1, 2, 3, 4]
    let far: [UInt16] = [0x2001, 2, 0, 0, 0, 0, 0, 1]
    let near: [UInt16] = [0x2001, 2, 0, 0, 0, 0, 0, 2]
    let nobody = [UInt16](repeating: 0, count: 8)
    let cases: [(packet: [UInt8], crosses: Bool)] = [
      (Self.ipv4(to: [198, 18, 0, 1]), true), (Self.ipv4(to: [224, 0, 1, 1]), true),
      (Self.ipv4(to: [224, 0, 0, 22]), false), (Self.ipv4(to: [255, 255, 255, 255]), false),
      (Self.ipv6(from: near, to: far), true), (Self.ipv6(from: near, to: [0xFF0E, 0, 0, 0, 0, 0, 0, 1]), true),
      (Self.ipv6(from: link, to: far), false), (Self.ipv6(from: near, to: link), false),
      (Self.ipv6(from: near, to: [0xFF02, 0, 0, 0, 0, 0, 0, 2]), false), (Self.ipv6(from: nobody, to: far), false),
      ([], false), (Array(Self.ipv4(to: [198, 18, 0, 1]).dropLast()), false),
      (Array(Self.ipv6(from: near, to: far).dropLast()), false), ([UInt8](repeating: 0x55, count: 60), false),
    ]
    for (packet, crosses) in cases { #expect(IPPacket.crossesPath(packet.octets) == crosses, "\(packet)") }
  }

  @Test(
    "are marked only where the sender understands marks, and the checksum stays right",
    arguments: 0..<4 as Range<UInt8>
  )
  func marking(ecn: UInt8) {
    let marked: UInt8 = ecn == 0 ? 0 : 3
    for ttl in UInt8.min...UInt8.max {
      var packet = Self.ipv4(to: [198, 18, 0, 1], ecn: ecn, ttl: ttl)
      let expected = Self.ipv4(to: [198, 18, 0, 1], ecn: marked, ttl: ttl)
      Self.mark(&packet)
      #expect(Self.sum(of: packet) == 0xFFFF)
      #expect(packet == expected)
    }
    let address: [UInt16] = [0x2001, 2, 0, 0, 0, 0, 0, 1]
    var packet = Self.ipv6(from: address, to: address, ecn: ecn)
    Self.mark(&packet)
    #expect(packet == Self.ipv6(from: address, to: address, ecn: marked))
    // What is no packet is left alone.
    var stub = Array(Self.ipv4(to: [1, 2, 3, 4], ecn: ecn).prefix(19))
    Self.mark(&stub)
    #expect(stub == Array(Self.ipv4(to: [1, 2, 3, 4], ecn: ecn).prefix(19)))
  }

  private static func mark(_ packet: inout [UInt8]) {
    var span = packet.mutableSpan
    var bytes = span.mutableBytes
    IPPacket.markCongestion(&bytes)
  }
}
