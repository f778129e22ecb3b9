public import MediaUnits
internal import Octets

/// When each packet of some streams arrived, and how the network had marked it.
///
/// The arrivals stay in the datagram; ``forEachStream(in:_:)`` and ``forEachPacket(of:in:_:)`` read them there.
///
/// - Spec: RFC 8888 §3.1.
public struct CongestionFeedback: Hashable, Sendable {
  /// What one stream's part of the feedback covers.
  public struct Stream: Hashable, Sendable {
    public var ssrc: SSRC
    /// The first packet that is told about.
    public var begin: SequenceNumber
    /// How many are told about, 0 ... 16384.
    public var packetCount: Int
    /// Where in the datagram their fates lie, two bytes each.
    var fates: Range<Int>
  }

  /// What became of one packet.
  public enum Fate: Hashable, Sendable {
    case missing
    /// - Parameters:
    ///   - ecn: the mark that it came with.
    ///   - units: how long before ``CongestionFeedback/timestamp`` it came, in 1/1024 s; `nil` when it came later than
    ///     that or more than 8189/1024 s before.
    case arrived(ecn: ECNMark, units: UInt16?)

    init(wire: UInt16) {
      guard wire & 0x8000 != 0 else {
        self = .missing
        return
      }
      let units = wire & 0x1FFF
      self = .arrived(
        ecn: ECNMark(rawValue: UInt8(truncatingIfNeeded: wire >> 13) & 3) ?? .notCapable,
        units: units >= 0x1FFE ? nil : units
      )
    }

    var wire: UInt16 {
      switch self {
      case .missing: 0
      case .arrived(let ecn, let units): 0x8000 | UInt16(ecn.rawValue) << 13 | min(units ?? 0x1FFF, 0x1FFF)
      }
    }
  }

  /// The most packets that one stream's part may tell about.
  public static let maximumPacketCount = 16_384

  public var senderSSRC: SSRC
  /// To which instant of the reporter's clock the arrivals relate, in 1/65536 s: the middle of an NTP timestamp.
  public var timestamp: UInt32
  /// Where the streams' parts lie within the datagram.
  public var streams: Range<Int>

  init(parsing datagram: RawSpan, body: Range<Int>) throws(RTCPParseError) {
    guard body.count >= 8 else { throw .truncated }
    self.senderSSRC = SSRC(rawValue: datagram.bigEndian(at: body.lowerBound))
    self.timestamp = datagram.bigEndian(at: body.upperBound - 4)
    self.streams = body.lowerBound + 4..<body.upperBound - 4
    var offset = self.streams.lowerBound
    while offset < self.streams.upperBound {
      guard let stream = Self.stream(datagram, at: offset, before: self.streams.upperBound) else { throw .truncated }
      offset = Self.end(of: stream)
    }
  }

  /// Visits the streams, in order.
  ///
  /// - Parameter datagram: the one that this was parsed from.
  /// - Complexity: O(1) a stream; does not allocate.
  public func forEachStream(in datagram: RawSpan, _ body: (Stream) -> Void) {
    var offset = self.streams.lowerBound
    while offset < self.streams.upperBound,
      let stream = Self.stream(datagram, at: offset, before: self.streams.upperBound)
    {
      body(stream)
      offset = Self.end(of: stream)
    }
  }

  /// Visits the packets of one stream, in order.
  ///
  /// - Parameter datagram: the one that this was parsed from.
  /// - Complexity: O(1) a packet; does not allocate.
  public func forEachPacket(of stream: Stream, in datagram: RawSpan, _ body: (SequenceNumber, Fate) -> Void) {
    for index in 0..<stream.packetCount {
      body(
        stream.begin.advanced(by: index),
        Fate(wire: datagram.bigEndian(at: stream.fates.lowerBound + 2 * index))
      )
    }
  }

  private static func stream(_ datagram: RawSpan, at offset: Int, before end: Int) -> Stream? {
    guard offset + 8 <= end else { return nil }
    let count = Int(datagram.bigEndian(at: offset + 6, as: UInt16.self))
    guard count <= Self.maximumPacketCount, offset + 8 + (count + 1) / 2 * 4 <= end else { return nil }
    return Stream(
      ssrc: SSRC(rawValue: datagram.bigEndian(at: offset)),
      begin: SequenceNumber(rawValue: datagram.bigEndian(at: offset + 4)),
      packetCount: count,
      fates: offset + 8..<offset + 8 + 2 * count
    )
  }

  private static func end(of stream: Stream) -> Int {
    stream.fates.lowerBound + (stream.packetCount + 1) / 2 * 4
  }
}
