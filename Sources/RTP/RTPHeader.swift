internal import Octets

/// The header of an RTP packet, and where its extensions and its payload lie.
///
/// Parsing copies nothing: ``extensions`` and ``payload`` are ranges of the datagram that the caller still owns.
///
/// - Spec: RFC 3550 §5.1 (fixed header), §5.3.1 (header extension); RFC 8285 §4.2 (one-byte elements).
public struct RTPHeader: Hashable, Sendable {
  /// Set on the last packet of a video frame.
  public var marker: Bool
  public var payloadType: PayloadType
  public var sequenceNumber: SequenceNumber
  /// Media time in ticks of the payload's clock.
  public var timestamp: RTPTimestamp
  public var ssrc: SSRC
  /// Whether an extension block, of whatever profile, follows the fixed header.
  public var hasExtension: Bool
  /// Where the one-byte-header extension elements lie within the datagram; empty if there are none that we read.
  public var extensions: Range<Int>
  /// Where the payload lies within the datagram, padding excluded.
  public var payload: Range<Int>

  /// Bytes in the fixed header.
  public static let fixedByteCount = 12

  /// The profile of the extension block that holds one-byte-header elements.
  ///
  /// - Spec: RFC 8285 §4.2.
  static let oneByteProfile: UInt16 = 0xBEDE

  public init(
    marker: Bool,
    payloadType: PayloadType,
    sequenceNumber: SequenceNumber,
    timestamp: RTPTimestamp,
    ssrc: SSRC,
    hasExtension: Bool = false,
    extensions: Range<Int> = 0..<0,
    payload: Range<Int> = 0..<0
  ) {
    self.marker = marker
    self.payloadType = payloadType
    self.sequenceNumber = sequenceNumber
    self.timestamp = timestamp
    self.ssrc = ssrc
    self.hasExtension = hasExtension
    self.extensions = extensions
    self.payload = payload
  }
}

extension RTPHeader {
  /// Why a datagram is not an RTP packet. A peer can cause every one of these.
  public enum ParseError: Error, Hashable, Sendable {
    /// The datagram ends before a field that must be there.
    case truncated(needed: Int, available: Int)
    /// The version field is not 2.
    case unsupportedVersion(UInt8)
    /// The padding count is zero or reaches back into the header.
    case invalidPadding(UInt8)
  }

  /// Parses the header at the front of `datagram`.
  ///
  /// - Parameter datagram: one whole UDP payload, decrypted; any length.
  /// - Throws: ``ParseError``; count the datagram and drop it.
  /// - Complexity: O(1); does not allocate.
  public init(parsing datagram: RawSpan) throws(ParseError) {
    try datagram.require(Self.fixedByteCount)
    let first: UInt8 = datagram.bigEndian(at: 0)
    let second: UInt8 = datagram.bigEndian(at: 1)
    guard first >> 6 == 2 else { throw .unsupportedVersion(first >> 6) }

    var payloadStart = Self.fixedByteCount + 4 * Int(first & 0x0F)
    var extensions = payloadStart..<payloadStart
    let hasExtension = first & 0x10 != 0
    if hasExtension {
      try datagram.require(payloadStart + 4)
      let profile: UInt16 = datagram.bigEndian(at: payloadStart)
      let words: UInt16 = datagram.bigEndian(at: payloadStart + 2)
      let elements = payloadStart + 4..<payloadStart + 4 + 4 * Int(words)
      payloadStart = elements.upperBound
      extensions = profile == Self.oneByteProfile ? elements : payloadStart..<payloadStart
    }
    try datagram.require(payloadStart)

    var payloadEnd = datagram.byteCount
    if first & 0x20 != 0 {
      let padding: UInt8 = datagram.bigEndian(at: payloadEnd - 1)
      guard padding > 0, Int(padding) <= payloadEnd - payloadStart else { throw .invalidPadding(padding) }
      payloadEnd -= Int(padding)
    }

    self.init(
      marker: second & 0x80 != 0,
      payloadType: PayloadType(rawValue: second & 0x7F),
      sequenceNumber: SequenceNumber(rawValue: datagram.bigEndian(at: 2)),
      timestamp: RTPTimestamp(rawValue: datagram.bigEndian(at: 4)),
      ssrc: SSRC(rawValue: datagram.bigEndian(at: 8)),
      hasExtension: hasExtension,
      extensions: extensions,
      payload: payloadStart..<payloadEnd
    )
  }

  /// Writes the twelve bytes of the fixed header to the front of `datagram`.
  ///
  /// There are no contributing sources and no padding; where ``hasExtension`` is set, the caller puts an extension
  /// block directly after (``HeaderExtensionWriter``). Traps if `datagram` has fewer than ``fixedByteCount`` bytes.
  ///
  /// - Complexity: O(1); does not allocate.
  public func serialize(into datagram: inout MutableRawSpan) {
    datagram.storeBigEndian(0x80 | (self.hasExtension ? 0x10 : 0) as UInt8, at: 0)
    datagram.storeBigEndian((self.marker ? 0x80 : 0) | self.payloadType.rawValue, at: 1)
    datagram.storeBigEndian(self.sequenceNumber.rawValue, at: 2)
    datagram.storeBigEndian(self.timestamp.rawValue, at: 4)
    datagram.storeBigEndian(self.ssrc.rawValue, at: 8)
  }
}

extension RawSpan {
  fileprivate func require(_ count: Int) throws(RTPHeader.ParseError) {
    guard self.byteCount >= count else { throw .truncated(needed: count, available: self.byteCount) }
  }
}
