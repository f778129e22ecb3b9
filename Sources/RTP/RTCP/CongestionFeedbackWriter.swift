internal import Octets

/// Writes one RFC 8888 packet, stream by stream.
///
/// - Spec: RFC 8888 §3.1.
public struct CongestionFeedbackWriter: Sendable {
  private let start: Int

  /// Begins the packet at the end of `packet`, which must be handed to the other calls too.
  public init(senderSSRC: SSRC, into packet: inout [UInt8]) {
    self.start = packet.count
    RTCPPacketType.appendHeader(
      type: RTCPPacketType.transportFeedback,
      count: RTCPPacketType.congestionFeedback,
      bodyByteCount: 0,
      to: &packet
    )
    packet.appendBigEndian(senderSSRC.rawValue)
  }

  /// Adds what became of `packetCount` packets of one stream.
  ///
  /// - Parameters:
  ///   - packetCount: 0 ... 16384.
  ///   - fate: of the packet that is so many after `begin`.
  /// - Complexity: O(n); allocates only where the array's capacity does not suffice.
  public func append(
    _ ssrc: SSRC,
    begin: SequenceNumber,
    packetCount: Int,
    into packet: inout [UInt8],
    fate: (Int) -> CongestionFeedback.Fate
  ) {
    precondition(
      0...CongestionFeedback.maximumPacketCount ~= packetCount,
      "feedback tells about 16384 packets of a stream at most"
    )
    packet.appendBigEndian(ssrc.rawValue)
    packet.appendBigEndian(begin.rawValue)
    packet.appendBigEndian(UInt16(packetCount))
    for index in 0..<packetCount { packet.appendBigEndian(fate(index).wire) }
    if packetCount % 2 == 1 { packet.appendBigEndian(0 as UInt16) }
  }

  /// Completes the packet.
  ///
  /// - Parameter timestamp: what the arrivals relate to, in 1/65536 s: the middle of an NTP timestamp.
  public func finish(timestamp: UInt32, into packet: inout [UInt8]) {
    packet.appendBigEndian(timestamp)
    let words = UInt16((packet.count - self.start) / 4 - 1)
    packet[self.start + 2] = UInt8(words >> 8)
    packet[self.start + 3] = UInt8(words & 0xFF)
  }
}
