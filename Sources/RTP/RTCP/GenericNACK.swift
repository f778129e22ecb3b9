internal import Octets

/// Names packets that did not arrive.
///
/// - Spec: RFC 4585 §6.2.1.
public struct GenericNACK: Hashable, Sendable {
  /// One missing packet, and which of the sixteen after it are missing too.
  public struct Entry: Hashable, Sendable {
    public var pid: SequenceNumber
    /// Bit 0, the least significant, stands for the packet after ``pid``.
    public var blp: UInt16

    public init(pid: SequenceNumber, blp: UInt16) {
      self.pid = pid
      self.blp = blp
    }
  }

  public var senderSSRC: SSRC
  /// The stream that the packets belong to.
  public var mediaSSRC: SSRC
  public var entries: [Entry]

  public init(senderSSRC: SSRC, mediaSSRC: SSRC, entries: [Entry]) {
    self.senderSSRC = senderSSRC
    self.mediaSSRC = mediaSSRC
    self.entries = entries
  }

  /// Packs sequence numbers into the fewest entries.
  ///
  /// - Parameter missing: ascending (by serial arithmetic), each once.
  public init(senderSSRC: SSRC, mediaSSRC: SSRC, missing: [SequenceNumber]) {
    var entries: [Entry] = []
    for number in missing {
      if let last = entries.indices.last {
        let distance = number.distance(from: entries[last].pid)
        if 1...16 ~= distance {
          entries[last].blp |= 1 << UInt16(distance - 1)
          continue
        }
      }
      entries.append(Entry(pid: number, blp: 0))
    }
    self.init(senderSSRC: senderSSRC, mediaSSRC: mediaSSRC, entries: entries)
  }

  /// The packets named, in the order of the entries; at most 17 an entry.
  public func sequenceNumbers() -> [SequenceNumber] {
    var numbers: [SequenceNumber] = []
    for entry in self.entries {
      numbers.append(entry.pid)
      for bit in 0..<16 where entry.blp & (1 << UInt16(bit)) != 0 {
        numbers.append(entry.pid.advanced(by: bit + 1))
      }
    }
    return numbers
  }

  init(parsing datagram: RawSpan, body: Range<Int>) throws(RTCPParseError) {
    guard body.count >= 12 else { throw .truncated }
    var entries: [Entry] = []
    entries.reserveCapacity((body.count - 8) / 4)
    for offset in stride(from: body.lowerBound + 8, to: body.upperBound, by: 4) {
      entries.append(
        Entry(
          pid: SequenceNumber(rawValue: datagram.bigEndian(at: offset)),
          blp: datagram.bigEndian(at: offset + 2)
        )
      )
    }
    self.init(
      senderSSRC: SSRC(rawValue: datagram.bigEndian(at: body.lowerBound)),
      mediaSSRC: SSRC(rawValue: datagram.bigEndian(at: body.lowerBound + 4)),
      entries: entries
    )
  }

  /// Appends the packet, which must have at least one entry.
  public func serialize(into packet: inout [UInt8]) {
    precondition(!self.entries.isEmpty, "a NACK names at least one packet")
    RTCPPacketType.appendHeader(
      type: RTCPPacketType.transportFeedback,
      count: RTCPPacketType.genericNACK,
      bodyByteCount: 8 + 4 * self.entries.count,
      to: &packet
    )
    packet.appendBigEndian(self.senderSSRC.rawValue)
    packet.appendBigEndian(self.mediaSSRC.rawValue)
    for entry in self.entries {
      packet.appendBigEndian(entry.pid.rawValue)
      packet.appendBigEndian(entry.blp)
    }
  }
}
