public import MediaUnits
internal import Octets

/// Puts RTP payloads together to an access unit, of H.264 or HEVC, in Annex B form.
///
/// Append the payloads of one frame in order, then check ``isComplete``. After an error, or where a packet is
/// missing, drop the access unit and ``reset()``.
///
/// - Spec: RFC 6184 §5.6 (single NAL unit packet), §5.7.1 (STAP-A), §5.8 (FU-A); RFC 7798 §4.4.1 (single NAL unit
///   packet), §4.4.2 (aggregation packet), §4.4.3 (fragmentation unit), without decoding order numbers
///   (sprop-max-don-diff is 0).
public struct NALUnitDepacketizer: Hashable, Sendable {
  /// Why a payload cannot be part of the access unit. A peer can cause every one of these.
  public enum ParseError: Error, Hashable, Sendable {
    /// The payload ends before a byte that must be there, or an aggregate holds a NAL unit without a header.
    case truncated
    /// The forbidden bit is set: the NAL unit is known to be damaged.
    case forbiddenBit
    /// A type that is not carried: what packetization mode 1 does not allow, PACI, those that the specification leaves
    /// open, or one packet within another.
    case unsupportedType(UInt8)
    /// A fragment says that it is both the first and the last.
    case wholeUnitInFragment
    /// A fragment continues a NAL unit of which the start, or another fragment, is missing.
    case fragmentWithoutStart
    /// A NAL unit began before the fragments of the one before it had ended.
    case unfinishedFragment
  }

  private let format: NALUnitFormat
  /// The header of the NAL unit whose fragments are arriving; of H.264, which has one byte, the lower byte is zero.
  private var fragmentedHeader: UInt16?

  public init(codec: VideoCodec) {
    self.format = NALUnitFormat(codec: codec)
  }

  /// Whether every NAL unit that was begun has ended.
  public var isComplete: Bool {
    self.fragmentedHeader == nil
  }

  /// Forgets a NAL unit of which fragments are missing.
  public mutating func reset() {
    self.fragmentedHeader = nil
  }

  /// Appends the NAL units of one payload, or a part of one, with start codes of four bytes.
  ///
  /// - Parameters:
  ///   - payload: the payload alone, any length.
  ///   - accessUnit: grows by at most twice the bytes of `payload`, plus 4; unchanged where an error is thrown.
  /// - Throws: ``ParseError``; drop the whole access unit.
  /// - Complexity: O(n); allocates only where the capacity of `accessUnit` does not suffice.
  public mutating func append(payload: RawSpan, to accessUnit: inout [UInt8]) throws(ParseError) {
    guard payload.byteCount >= self.format.headerByteCount else { throw .truncated }
    let type = try self.type(of: payload, at: 0)
    if type == self.format.fragment {
      try self.appendFragment(payload, to: &accessUnit)
      return
    }
    guard self.isComplete else { throw .unfinishedFragment }
    if type == self.format.aggregate {
      try self.appendAggregate(payload, to: &accessUnit)
    } else {
      guard self.format.isNALUnit(type) else { throw .unsupportedType(type) }
      Self.appendStartCode(to: &accessUnit)
      accessUnit.append(contentsOf: payload)
    }
  }

  private mutating func appendFragment(_ payload: RawSpan, to accessUnit: inout [UInt8]) throws(ParseError) {
    guard payload.byteCount >= self.format.leastFragmentByteCount else { throw .truncated }
    let prefixByteCount = self.format.fragmentPrefixByteCount
    let fragmentHeader: UInt8 = payload.bigEndian(at: prefixByteCount - 1)
    let isFirst = fragmentHeader & 0x80 != 0
    let isLast = fragmentHeader & 0x40 != 0
    let type = self.format.type(ofFragmentHeader: fragmentHeader)
    guard self.format.isNALUnit(type) else { throw .unsupportedType(type) }
    let first = self.format.firstByte(payload.bigEndian(at: 0), type: type)
    let second: UInt8? = self.format.headerByteCount == 2 ? payload.bigEndian(at: 1) : nil
    let header = UInt16(first) << 8 | UInt16(second ?? 0)

    if isFirst {
      guard !isLast else { throw .wholeUnitInFragment }
      guard self.isComplete else { throw .unfinishedFragment }
      Self.appendStartCode(to: &accessUnit)
      accessUnit.append(first)
      if let second { accessUnit.append(second) }
    } else {
      guard self.fragmentedHeader == header else { throw .fragmentWithoutStart }
    }
    accessUnit.append(contentsOf: payload.extracting(prefixByteCount..<payload.byteCount))
    self.fragmentedHeader = isLast ? nil : header
  }

  private func appendAggregate(_ payload: RawSpan, to accessUnit: inout [UInt8]) throws(ParseError) {
    guard payload.byteCount > self.format.headerByteCount else { throw .truncated }
    let byteCountBefore = accessUnit.count
    var offset = self.format.headerByteCount
    while offset < payload.byteCount {
      do {
        let unit = try self.aggregatedUnit(in: payload, at: offset)
        Self.appendStartCode(to: &accessUnit)
        accessUnit.append(contentsOf: payload.extracting(unit))
        offset = unit.upperBound
      } catch {
        accessUnit.removeSubrange(byteCountBefore...)
        throw error
      }
    }
  }

  private func aggregatedUnit(in payload: RawSpan, at offset: Int) throws(ParseError) -> Range<Int> {
    guard offset + 2 <= payload.byteCount else { throw .truncated }
    let start = offset + 2
    let end = start + Int(payload.bigEndian(at: offset, as: UInt16.self))
    guard end >= start + self.format.headerByteCount, end <= payload.byteCount else { throw .truncated }
    let type = try self.type(of: payload, at: start)
    guard self.format.isNALUnit(type) else { throw .unsupportedType(type) }
    return start..<end
  }

  private func type(of payload: RawSpan, at offset: Int) throws(ParseError) -> UInt8 {
    let first: UInt8 = payload.bigEndian(at: offset)
    guard first & 0x80 == 0 else { throw .forbiddenBit }
    return self.format.type(of: first)
  }

  private static func appendStartCode(to accessUnit: inout [UInt8]) {
    accessUnit.append(0)
    accessUnit.append(0)
    accessUnit.append(0)
    accessUnit.append(1)
  }
}
