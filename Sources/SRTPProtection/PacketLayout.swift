/// The parts of an RTP or RTCP packet that protection depends on.
struct PacketLayout {
  /// Bytes that stay readable: the fixed header, contributing sources and header extension, or RTCP's first two words.
  let headerByteCount: Int
  let ssrc: UInt32
  /// 0 for RTCP.
  let sequenceNumber: UInt16

  /// - Returns: `nil` if the packet is shorter than its own headers.
  /// - Spec: RFC 3550 §5.1, §5.3.1.
  init?(rtp packet: UnsafeRawBufferPointer) {
    guard packet.count >= 12 else { return nil }
    var byteCount = 12 + 4 * Int(packet[0] & 0x0F)
    if packet[0] & 0x10 != 0 {
      guard packet.count >= byteCount + 4 else { return nil }
      let words = packet.loadUnaligned(fromByteOffset: byteCount + 2, as: UInt16.self).bigEndian
      byteCount += 4 + 4 * Int(words)
    }
    guard packet.count >= byteCount else { return nil }
    self.headerByteCount = byteCount
    self.sequenceNumber = packet.loadUnaligned(fromByteOffset: 2, as: UInt16.self).bigEndian
    self.ssrc = packet.loadUnaligned(fromByteOffset: 8, as: UInt32.self).bigEndian
  }

  /// - Spec: RFC 3550 §6.4.1: every RTCP packet begins with a header word and its sender's SSRC.
  init?(rtcp packet: UnsafeRawBufferPointer) {
    guard packet.count >= 8 else { return nil }
    self.headerByteCount = 8
    self.sequenceNumber = 0
    self.ssrc = packet.loadUnaligned(fromByteOffset: 4, as: UInt32.self).bigEndian
  }
}
