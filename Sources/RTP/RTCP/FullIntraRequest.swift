internal import Octets

/// Demands a keyframe, for a reason other than loss.
///
/// - Spec: RFC 5104 §4.3.1.
public struct FullIntraRequest: Hashable, Sendable {
  /// One stream that is to send a keyframe.
  public struct Entry: Hashable, Sendable {
    public var ssrc: SSRC
    /// A repetition has the same number as the request that it repeats.
    public var commandSequence: UInt8

    public init(ssrc: SSRC, commandSequence: UInt8) {
      self.ssrc = ssrc
      self.commandSequence = commandSequence
    }
  }

  public var senderSSRC: SSRC
  public var entries: [Entry]

  public init(senderSSRC: SSRC, entries: [Entry]) {
    self.senderSSRC = senderSSRC
    self.entries = entries
  }

  init(parsing datagram: RawSpan, body: Range<Int>) throws(RTCPParseError) {
    guard body.count >= 16, body.count % 8 == 0 else { throw .truncated }
    var entries: [Entry] = []
    entries.reserveCapacity((body.count - 8) / 8)
    for offset in stride(from: body.lowerBound + 8, to: body.upperBound, by: 8) {
      entries.append(
        Entry(
          ssrc: SSRC(rawValue: datagram.bigEndian(at: offset)),
          commandSequence: datagram.bigEndian(at: offset + 4)
        )
      )
    }
    self.init(senderSSRC: SSRC(rawValue: datagram.bigEndian(at: body.lowerBound)), entries: entries)
  }

  /// Appends the packet, which must have at least one entry.
  public func serialize(into packet: inout [UInt8]) {
    precondition(!self.entries.isEmpty, "a full intra request names at least one stream")
    RTCPPacketType.appendHeader(
      type: RTCPPacketType.payloadFeedback,
      count: RTCPPacketType.fullIntraRequest,
      bodyByteCount: 8 + 8 * self.entries.count,
      to: &packet
    )
    packet.appendBigEndian(self.senderSSRC.rawValue)
    packet.appendBigEndian(0 as UInt32)  // the media source is unused: each entry names its own
    for entry in self.entries {
      packet.appendBigEndian(entry.ssrc.rawValue)
      packet.appendBigEndian(UInt32(entry.commandSequence) << 24)
    }
  }
}
