internal import Octets

/// What a receiver says about one stream.
///
/// - Spec: RFC 3550 §6.4.1.
public struct ReportBlock: Hashable, Sendable {
  /// The stream reported on.
  public var ssrc: SSRC
  /// Packets lost since the previous report, in 1/256 of those expected.
  public var fractionLost: UInt8
  /// Packets lost since the beginning, -8388608 ... 8388607; duplicates count against it.
  public var cumulativeLost: Int32
  /// The highest sequence number received, with the count of wraps in its upper 16 bits.
  public var highestSequence: UInt32
  /// Interarrival jitter in ticks of the stream's clock.
  public var jitter: UInt32
  /// The middle 32 bits of the NTP timestamp of the newest sender report received; 0 if none.
  public var lastSR: UInt32
  /// From its arrival to this report, in 1/65536 s; 0 if none.
  public var delaySinceLastSR: UInt32

  static let byteCount = 24

  /// - Parameter cumulativeLost: clamped to 24 bits.
  public init(
    ssrc: SSRC,
    fractionLost: UInt8,
    cumulativeLost: Int32,
    highestSequence: UInt32,
    jitter: UInt32,
    lastSR: UInt32,
    delaySinceLastSR: UInt32
  ) {
    self.ssrc = ssrc
    self.fractionLost = fractionLost
    self.cumulativeLost = min(max(cumulativeLost, -0x80_0000), 0x7F_FFFF)
    self.highestSequence = highestSequence
    self.jitter = jitter
    self.lastSR = lastSR
    self.delaySinceLastSR = delaySinceLastSR
  }

  /// Reads `count` blocks from the front of `body`.
  static func parse(_ datagram: RawSpan, body: Range<Int>, count: Int) throws(RTCPParseError) -> [ReportBlock] {
    guard body.count >= count * Self.byteCount else { throw .truncated }
    var blocks: [ReportBlock] = []
    blocks.reserveCapacity(count)
    for index in 0..<count {
      let start = body.lowerBound + index * Self.byteCount
      let loss: UInt32 = datagram.bigEndian(at: start + 4)
      blocks.append(
        ReportBlock(
          ssrc: SSRC(rawValue: datagram.bigEndian(at: start)),
          fractionLost: UInt8(loss >> 24),
          cumulativeLost: Int32(bitPattern: loss << 8) >> 8,
          highestSequence: datagram.bigEndian(at: start + 8),
          jitter: datagram.bigEndian(at: start + 12),
          lastSR: datagram.bigEndian(at: start + 16),
          delaySinceLastSR: datagram.bigEndian(at: start + 20)
        )
      )
    }
    return blocks
  }

  func serialize(into packet: inout [UInt8]) {
    packet.appendBigEndian(self.ssrc.rawValue)
    packet.appendBigEndian(UInt32(self.fractionLost) << 24 | UInt32(bitPattern: self.cumulativeLost) & 0xFF_FFFF)
    packet.appendBigEndian(self.highestSequence)
    packet.appendBigEndian(self.jitter)
    packet.appendBigEndian(self.lastSR)
    packet.appendBigEndian(self.delaySinceLastSR)
  }
}
