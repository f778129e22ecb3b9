internal import Octets

/// What an endpoint that sends nothing says about the streams that it receives.
///
/// - Spec: RFC 3550 §6.4.2.
public struct ReceiverReport: Hashable, Sendable {
  /// The stream that the reporter sends, or would send.
  public var ssrc: SSRC
  /// At most 31.
  public var reports: [ReportBlock]

  /// - Parameter reports: at most 31.
  public init(ssrc: SSRC, reports: [ReportBlock]) {
    self.ssrc = ssrc
    self.reports = reports
  }

  init(parsing datagram: RawSpan, body: Range<Int>, reportCount: Int) throws(RTCPParseError) {
    guard body.count >= 4 else { throw .truncated }
    self.init(
      ssrc: SSRC(rawValue: datagram.bigEndian(at: body.lowerBound)),
      reports: try ReportBlock.parse(datagram, body: body.dropFirst(4), count: reportCount)
    )
  }

  /// Appends the packet.
  public func serialize(into packet: inout [UInt8]) {
    precondition(self.reports.count <= 31, "a report has at most 31 blocks")
    RTCPPacketType.appendHeader(
      type: RTCPPacketType.receiverReport,
      count: UInt8(self.reports.count),
      bodyByteCount: 4 + self.reports.count * ReportBlock.byteCount,
      to: &packet
    )
    packet.appendBigEndian(self.ssrc.rawValue)
    for report in self.reports { report.serialize(into: &packet) }
  }
}
