internal import Octets

/// Reads the packets of one RTCP datagram, compound or of reduced size.
///
/// Call ``next(in:)`` with the same datagram until it returns `nil`. After an error the rest is not to be read.
///
/// - Spec: RFC 3550 §6.1, RFC 5506 §3.
public struct RTCPReader: Sendable {
  /// The most packets that one datagram may hold. Far more than the rules of RFC 3550 ever make of it.
  public static let maximumPacketCount = 64

  private var offset = 0
  private var packetCount = 0
  /// What remains of a source description, and its remaining chunks.
  private var chunks: (body: Range<Int>, count: Int) = (0..<0, 0)

  /// - Parameter datagram: one whole UDP payload, decrypted; any length.
  public init(_ datagram: RawSpan) {}

  /// The next packet, or `nil` once there are no more.
  ///
  /// - Parameter datagram: the same that the reader was made with.
  /// - Throws: ``RTCPParseError``; count the datagram and drop the rest of it.
  /// - Complexity: O(n) in the bytes of one packet, and allocates no more than a small multiple of them.
  public mutating func next(in datagram: RawSpan) throws(RTCPParseError) -> RTCPPacket? {
    while true {
      if self.chunks.count > 0 {
        self.chunks.count -= 1
        let (chunk, end) = try SourceDescription.parse(datagram, chunk: self.chunks.body)
        self.chunks.body = end..<self.chunks.body.upperBound
        guard let chunk else { continue }
        return .sourceDescription(chunk)
      }
      guard self.offset < datagram.byteCount else { return nil }
      if let packet = try self.nextPacket(in: datagram) { return packet }
    }
  }

  /// Reads one packet; `nil` for a source description, whose chunks are to be returned one by one.
  private mutating func nextPacket(in datagram: RawSpan) throws(RTCPParseError) -> RTCPPacket? {
    self.packetCount += 1
    guard self.packetCount <= Self.maximumPacketCount else { throw .tooManyPackets }
    guard self.offset + 4 <= datagram.byteCount else { throw .truncated }
    let first: UInt8 = datagram.bigEndian(at: self.offset)
    guard first >> 6 == 2 else { throw .unsupportedVersion(first >> 6) }
    let type: UInt8 = datagram.bigEndian(at: self.offset + 1)
    let words: UInt16 = datagram.bigEndian(at: self.offset + 2)
    let end = self.offset + 4 + 4 * Int(words)
    guard end <= datagram.byteCount else { throw .truncated }

    var body = self.offset + 4..<end
    if first & 0x20 != 0 {
      guard end == datagram.byteCount, !body.isEmpty else { throw .invalidPadding }
      let padding: UInt8 = datagram.bigEndian(at: end - 1)
      guard padding > 0, padding % 4 == 0, Int(padding) <= body.count else { throw .invalidPadding }
      body = body.lowerBound..<end - Int(padding)
    }
    self.offset = end
    return try self.packet(in: datagram, type: type, count: first & 0x1F, body: body)
  }

  private mutating func packet(
    in datagram: RawSpan,
    type: UInt8,
    count: UInt8,
    body: Range<Int>
  ) throws(RTCPParseError) -> RTCPPacket? {
    switch (type, count) {
    case (RTCPPacketType.senderReport, _):
      return .senderReport(try SenderReport(parsing: datagram, body: body, reportCount: Int(count)))
    case (RTCPPacketType.receiverReport, _):
      return .receiverReport(try ReceiverReport(parsing: datagram, body: body, reportCount: Int(count)))
    case (RTCPPacketType.sourceDescription, _):
      self.chunks = (body, Int(count))
      return nil
    case (RTCPPacketType.goodbye, _):
      return .goodbye(try Goodbye(parsing: datagram, body: body, sourceCount: Int(count)))
    case (RTCPPacketType.application, _):
      return .application(try ApplicationPacket(parsing: datagram, body: body, subtype: count))
    case (RTCPPacketType.transportFeedback, RTCPPacketType.genericNACK):
      return .genericNACK(try GenericNACK(parsing: datagram, body: body))
    case (RTCPPacketType.transportFeedback, RTCPPacketType.congestionFeedback):
      return .congestionFeedback(try CongestionFeedback(parsing: datagram, body: body))
    case (RTCPPacketType.payloadFeedback, RTCPPacketType.pictureLossIndication):
      return .pictureLossIndication(try PictureLossIndication(parsing: datagram, body: body))
    case (RTCPPacketType.payloadFeedback, RTCPPacketType.fullIntraRequest):
      return .fullIntraRequest(try FullIntraRequest(parsing: datagram, body: body))
    default:
      return .unknown(type: type)
    }
  }
}
