internal import Octets

/// The end of some streams.
///
/// - Spec: RFC 3550 §6.6.
public struct Goodbye: Hashable, Sendable {
  /// At most 31.
  public var ssrcs: [SSRC]
  /// Why, for a person to read; at most 255 bytes of UTF-8.
  public var reason: String?

  /// - Parameters:
  ///   - ssrcs: at most 31.
  ///   - reason: at most 255 bytes of UTF-8.
  public init(ssrcs: [SSRC], reason: String? = nil) {
    self.ssrcs = ssrcs
    self.reason = reason
  }

  init(parsing datagram: RawSpan, body: Range<Int>, sourceCount: Int) throws(RTCPParseError) {
    guard body.count >= 4 * sourceCount else { throw .truncated }
    var ssrcs: [SSRC] = []
    ssrcs.reserveCapacity(sourceCount)
    for index in 0..<sourceCount {
      ssrcs.append(SSRC(rawValue: datagram.bigEndian(at: body.lowerBound + 4 * index)))
    }
    let rest = body.dropFirst(4 * sourceCount)
    var reason: String?
    if !rest.isEmpty {
      let text = rest.dropFirst().prefix(Int(datagram.bigEndian(at: rest.lowerBound, as: UInt8.self)))
      guard text.count == Int(datagram.bigEndian(at: rest.lowerBound, as: UInt8.self)) else { throw .truncated }
      reason = try RTCPText.parse(datagram, range: text)
    }
    self.init(ssrcs: ssrcs, reason: reason)
  }

  /// Appends the packet.
  public func serialize(into packet: inout [UInt8]) {
    precondition(self.ssrcs.count <= 31, "a goodbye names at most 31 streams")
    let reasonByteCount = self.reason.map { ($0.utf8.count + 4) / 4 * 4 } ?? 0
    RTCPPacketType.appendHeader(
      type: RTCPPacketType.goodbye,
      count: UInt8(self.ssrcs.count),
      bodyByteCount: 4 * self.ssrcs.count + reasonByteCount,
      to: &packet
    )
    for ssrc in self.ssrcs { packet.appendBigEndian(ssrc.rawValue) }
    if let reason = self.reason {
      RTCPText.append(reason, to: &packet)
      packet.append(contentsOf: repeatElement(0, count: reasonByteCount - 1 - reason.utf8.count))
    }
  }
}
