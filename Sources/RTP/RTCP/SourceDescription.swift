internal import Octets

/// The name that all streams of one endpoint share.
///
/// - Spec: RFC 3550 §6.5.
public struct SourceDescription: Hashable, Sendable {
  public var ssrc: SSRC
  /// At most 255 bytes of UTF-8.
  public var cname: String

  /// - Parameter cname: at most 255 bytes of UTF-8.
  public init(ssrc: SSRC, cname: String) {
    self.ssrc = ssrc
    self.cname = cname
  }

  private static let cnameItem: UInt8 = 1

  /// Reads the chunk at the front of `chunk`.
  ///
  /// - Returns: `nil` if the chunk has no CNAME; and where the next chunk starts.
  static func parse(
    _ datagram: RawSpan,
    chunk: Range<Int>
  ) throws(RTCPParseError) -> (description: SourceDescription?, end: Int) {
    guard chunk.count >= 4 else { throw .truncated }
    let ssrc = SSRC(rawValue: datagram.bigEndian(at: chunk.lowerBound))
    var cname: String?
    var offset = chunk.lowerBound + 4
    while true {
      guard offset < chunk.upperBound else { throw .truncated }
      let item: UInt8 = datagram.bigEndian(at: offset)
      if item == 0 { break }
      guard offset + 2 <= chunk.upperBound else { throw .truncated }
      let text = offset + 2..<offset + 2 + Int(datagram.bigEndian(at: offset + 1, as: UInt8.self))
      guard text.upperBound <= chunk.upperBound else { throw .truncated }
      if item == Self.cnameItem { cname = try RTCPText.parse(datagram, range: text) }
      offset = text.upperBound
    }
    // The list of items ends with one or more zero bytes, up to the next word.
    let end = chunk.lowerBound + (offset - chunk.lowerBound + 4) / 4 * 4
    guard end <= chunk.upperBound else { throw .truncated }
    return (cname.map { SourceDescription(ssrc: ssrc, cname: $0) }, end)
  }

  /// Appends a packet with this one chunk.
  public func serialize(into packet: inout [UInt8]) {
    let itemsByteCount = 2 + self.cname.utf8.count
    let padding = 4 - itemsByteCount % 4
    RTCPPacketType.appendHeader(
      type: RTCPPacketType.sourceDescription,
      count: 1,
      bodyByteCount: 4 + itemsByteCount + padding,
      to: &packet
    )
    packet.appendBigEndian(self.ssrc.rawValue)
    packet.append(Self.cnameItem)
    RTCPText.append(self.cname, to: &packet)
    packet.append(contentsOf: repeatElement(0, count: padding))
  }
}
