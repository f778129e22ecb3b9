internal import Octets

/// The payload of a retransmission packet: the original's sequence number, then the original's payload.
///
/// - Spec: RFC 4588 §4, Protocol/media.md §7.
public struct RetransmissionPayload: Hashable, Sendable {
  /// The sequence number of the packet that is sent again, in the original stream.
  public var originalSequenceNumber: SequenceNumber
  /// Where the original payload lies within the datagram.
  public var payload: Range<Int>

  /// Bytes in front of the original payload.
  public static let prefixByteCount = 2

  /// - Parameter payload: ``RTPHeader/payload`` of the same datagram.
  /// - Returns: `nil` if there is no room for a sequence number.
  /// - Complexity: O(1); does not allocate.
  public init?(parsing datagram: RawSpan, payload: Range<Int>) {
    guard payload.count >= Self.prefixByteCount else { return nil }
    self.originalSequenceNumber = SequenceNumber(rawValue: datagram.bigEndian(at: payload.lowerBound))
    self.payload = payload.lowerBound + Self.prefixByteCount..<payload.upperBound
  }

  /// Writes the sequence number that goes in front of the original payload. Traps if it does not fit.
  public static func write(original: SequenceNumber, into datagram: inout MutableRawSpan, at offset: Int) {
    datagram.storeBigEndian(original.rawValue, at: offset)
  }
}
