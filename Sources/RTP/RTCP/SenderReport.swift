public import MediaUnits
internal import Octets

/// What a sender says about its stream, and about the streams that it receives.
///
/// - Spec: RFC 3550 §6.4.1.
public struct SenderReport: Hashable, Sendable {
  /// The sender's own stream.
  public var ssrc: SSRC
  /// When this report is sent, on the sender's NTP clock.
  public var ntp: NTPTimestamp
  /// The same instant on the stream's clock.
  public var rtpTimestamp: RTPTimestamp
  /// Packets sent since the beginning; wraps.
  public var packetCount: UInt32
  /// Payload bytes sent since the beginning; wraps.
  public var octetCount: UInt32
  /// At most 31.
  public var reports: [ReportBlock]

  /// - Parameter reports: at most 31.
  public init(
    ssrc: SSRC,
    ntp: NTPTimestamp,
    rtpTimestamp: RTPTimestamp,
    packetCount: UInt32,
    octetCount: UInt32,
    reports: [ReportBlock] = []
  ) {
    self.ssrc = ssrc
    self.ntp = ntp
    self.rtpTimestamp = rtpTimestamp
    self.packetCount = packetCount
    self.octetCount = octetCount
    self.reports = reports
  }

  init(parsing datagram: RawSpan, body: Range<Int>, reportCount: Int) throws(RTCPParseError) {
    guard body.count >= 24 else { throw .truncated }
    let start = body.lowerBound
    self.init(
      ssrc: SSRC(rawValue: datagram.bigEndian(at: start)),
      ntp: NTPTimestamp(rawValue: datagram.bigEndian(at: start + 4)),
      rtpTimestamp: RTPTimestamp(rawValue: datagram.bigEndian(at: start + 12)),
      packetCount: datagram.bigEndian(at: start + 16),
      octetCount: datagram.bigEndian(at: start + 20),
      reports: try ReportBlock.parse(datagram, body: start + 24..<body.upperBound, count: reportCount)
    )
  }

  /// Appends the packet.
  public func serialize(into packet: inout [UInt8]) {
    precondition(self.reports.count <= 31, "a report has at most 31 blocks")
    RTCPPacketType.appendHeader(
      type: RTCPPacketType.senderReport,
      count: UInt8(self.reports.count),
      bodyByteCount: 24 + self.reports.count * ReportBlock.byteCount,
      to: &packet
    )
    packet.appendBigEndian(self.ssrc.rawValue)
    packet.appendBigEndian(self.ntp.rawValue)
    packet.appendBigEndian(self.rtpTimestamp.rawValue)
    packet.appendBigEndian(self.packetCount)
    packet.appendBigEndian(self.octetCount)
    for report in self.reports { report.serialize(into: &packet) }
  }
}
