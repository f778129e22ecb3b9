import Foundation
import Testing

/// Protected datagrams that were captured on the loopback interface, by stream.
struct WireCapture {
  /// SRTP packets by their SSRC.
  private(set) var rtp: [UInt32: [[UInt8]]] = [:]
  /// SRTCP packets by their sender's SSRC.
  private(set) var rtcp: [UInt32: [[UInt8]]] = [:]

  /// - Parameter path: a pcap file of IPv4 in Ethernet frames, in this machine's byte order.
  init(_ path: String) throws {
    let bytes = [UInt8](try #require(FileManager.default.contents(atPath: path)))
    let (fileHeader, recordHeader, packetHeaders) = (24, 16, 42)
    var offset = fileHeader
    while offset + recordHeader <= bytes.count {
      let count = (0..<4).reduce(0) { $0 | Int(bytes[offset + 8 + $1]) << (8 * $1) }
      let end = offset + recordHeader + count
      let payload = Array(bytes[min(offset + recordHeader + packetHeaders, end)..<end])
      offset = end
      guard payload.count >= 12 else { continue }
      // RFC 5761 §4.
      let isControl = (192...223).contains(payload[1])
      let stream = payload[(isControl ? 4 : 8)...].prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      if isControl {
        self.rtcp[stream, default: []].append(payload)
      } else {
        self.rtp[stream, default: []].append(payload)
      }
    }
  }

  /// Writes packets one after another, each behind its length.
  ///
  /// - Spec: RFC 4571 §2.
  static func write(_ packets: [[UInt8]], framedTo path: String) throws {
    let bytes = packets.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xFF)] + $0 }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// Reads such a file.
  static func packets(framedIn path: String) throws -> [[UInt8]] {
    let bytes = [UInt8](try #require(FileManager.default.contents(atPath: path)))
    var packets: [[UInt8]] = []
    var offset = 0
    while offset + 2 <= bytes.count {
      let count = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
      let end = min(offset + 2 + count, bytes.count)
      packets.append(Array(bytes[offset + 2..<end]))
      offset = end
    }
    return packets
  }
}
