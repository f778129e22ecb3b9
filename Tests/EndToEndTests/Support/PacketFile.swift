import Foundation

/// A capture file for tshark, with one UDP datagram between loopback ports a record.
///
/// - Source: the pcap file format, link type 101 (raw IP).
struct PacketFile {
  private var bytes: [UInt8] = []

  init() {
    self.append32(0xA1B2_C3D4)
    self.append16(2)
    self.append16(4)
    for value: UInt32 in [0, 0, 262_144, 101] { self.append32(value) }
  }

  private mutating func append16(_ value: Int) {
    self.bytes += [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
  }

  private mutating func append32(_ value: UInt32) {
    for shift in [24, 16, 8, 0] { self.bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
  }

  mutating func append(_ payload: [UInt8], port: Int) {
    for value in [0, 0, payload.count + 28, payload.count + 28] { self.append32(UInt32(value)) }
    // IPv4 and UDP headers whose checksums are zero: not computed.
    self.bytes += [0x45, 0]
    self.append16(payload.count + 28)
    self.bytes += [0, 0, 0x40, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]
    self.append16(port)
    self.append16(port)
    self.append16(payload.count + 8)
    self.append16(0)
    self.bytes += payload
  }

  func write(to path: String) throws {
    try Data(self.bytes).write(to: URL(fileURLWithPath: path))
  }
}
