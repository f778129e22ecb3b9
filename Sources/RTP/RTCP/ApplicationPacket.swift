internal import Octets

/// A packet whose meaning an application defines.
///
/// - Spec: RFC 3550 §6.7.
public struct ApplicationPacket: Hashable, Sendable {
  public var ssrc: SSRC
  /// Four ASCII characters, the first in the most significant byte.
  public var name: UInt32
  /// 0 ... 31.
  public var subtype: UInt8
  /// Where the data lies within the datagram it was parsed from; a multiple of 4 bytes.
  public var data: Range<Int>

  /// - Parameter subtype: 0 ... 31.
  public init(ssrc: SSRC, name: UInt32, subtype: UInt8, data: Range<Int> = 0..<0) {
    precondition(subtype < 32, "a subtype has five bits")
    self.ssrc = ssrc
    self.name = name
    self.subtype = subtype
    self.data = data
  }

  init(parsing datagram: RawSpan, body: Range<Int>, subtype: UInt8) throws(RTCPParseError) {
    guard body.count >= 8 else { throw .truncated }
    self.init(
      ssrc: SSRC(rawValue: datagram.bigEndian(at: body.lowerBound)),
      name: datagram.bigEndian(at: body.lowerBound + 4),
      subtype: subtype,
      data: body.dropFirst(8)
    )
  }

  /// Appends the packet with the given data; ``data`` is not used.
  ///
  /// - Parameter data: a multiple of 4 bytes, below 2¹⁸ - 8.
  public func serialize(data: [UInt8], into packet: inout [UInt8]) {
    precondition(data.count % 4 == 0, "application data is a whole number of words")
    RTCPPacketType.appendHeader(
      type: RTCPPacketType.application,
      count: self.subtype,
      bodyByteCount: 8 + data.count,
      to: &packet
    )
    packet.appendBigEndian(self.ssrc.rawValue)
    packet.appendBigEndian(self.name)
    packet.append(contentsOf: data)
  }
}
