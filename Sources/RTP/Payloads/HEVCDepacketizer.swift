internal import Octets

/// Puts RTP payloads together to an HEVC access unit in Annex B form.
///
/// Append the payloads of one frame in order, then check ``isComplete``. After an error, or where a packet is
/// missing, drop the access unit and ``reset()``.
///
/// - Spec: RFC 7798 §4.4.1 (single NAL unit packet), §4.4.2 (aggregation packet), §4.4.3 (fragmentation unit), without
///   decoding order numbers (sprop-max-don-diff is 0).
public struct HEVCDepacketizer: Hashable, Sendable {
  /// Why a payload cannot be part of the access unit. A peer can cause every one of these.
  public enum ParseError: Error, Hashable, Sendable {
    /// The payload ends before a byte that must be there, or an aggregate holds a NAL unit without a header.
    case truncated
    /// The forbidden bit is set: the NAL unit is known to be damaged.
    case forbiddenBit
    /// A type that is not carried: PACI (50), those that RFC 7798 leaves unspecified, or one packet within another.
    case unsupportedType(UInt8)
    /// A fragment says that it is both the first and the last.
    case wholeUnitInFragment
    /// A fragment continues a NAL unit of which the start, or another fragment, is missing.
    case fragmentWithoutStart
    /// A NAL unit began before the fragments of the one before it had ended.
    case unfinishedFragment
  }

  /// The header of the NAL unit whose fragments are arriving.
  private var fragmentedHeader: UInt16?

  public init() {}

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
    guard payload.byteCount >= 2 else { throw .truncated }
    let type = try Self.type(of: payload, at: 0)
    if type == HEVCNALUnitType.fragment {
      try self.appendFragment(payload, to: &accessUnit)
      return
    }
    guard self.isComplete else { throw .unfinishedFragment }
    if type == HEVCNALUnitType.aggregate {
      try Self.appendAggregate(payload, to: &accessUnit)
    } else {
      guard HEVCNALUnitType.isNALUnit(type) else { throw .unsupportedType(type) }
      Self.appendStartCode(to: &accessUnit)
      accessUnit.append(contentsOf: payload)
    }
  }

  private mutating func appendFragment(_ payload: RawSpan, to accessUnit: inout [UInt8]) throws(ParseError) {
    // A fragment without a byte of the NAL unit would be no part of it (RFC 7798 §4.4.3).
    guard payload.byteCount > 3 else { throw .truncated }
    let fragmentHeader: UInt8 = payload.bigEndian(at: 2)
    let isFirst = fragmentHeader & 0x80 != 0
    let isLast = fragmentHeader & 0x40 != 0
    let type = fragmentHeader & 0x3F
    guard HEVCNALUnitType.isNALUnit(type) else { throw .unsupportedType(type) }
    let first = HEVCNALUnitType.firstByte(payload.bigEndian(at: 0), type: type)
    let second: UInt8 = payload.bigEndian(at: 1)
    let header = UInt16(first) << 8 | UInt16(second)

    if isFirst {
      guard !isLast else { throw .wholeUnitInFragment }
      guard self.isComplete else { throw .unfinishedFragment }
      Self.appendStartCode(to: &accessUnit)
      accessUnit.append(first)
      accessUnit.append(second)
    } else {
      guard self.fragmentedHeader == header else { throw .fragmentWithoutStart }
    }
    accessUnit.append(contentsOf: payload.extracting(3..<payload.byteCount))
    self.fragmentedHeader = isLast ? nil : header
  }

  private static func appendAggregate(_ payload: RawSpan, to accessUnit: inout [UInt8]) throws(ParseError) {
    guard payload.byteCount > 2 else { throw .truncated }
    let byteCountBefore = accessUnit.count
    var offset = 2
    while offset < payload.byteCount {
      do {
        let unit = try Self.aggregatedUnit(in: payload, at: offset)
        Self.appendStartCode(to: &accessUnit)
        accessUnit.append(contentsOf: payload.extracting(unit))
        offset = unit.upperBound
      } catch {
        accessUnit.removeSubrange(byteCountBefore...)
        throw error
      }
    }
  }

  private static func aggregatedUnit(in payload: RawSpan, at offset: Int) throws(ParseError) -> Range<Int> {
    guard offset + 2 <= payload.byteCount else { throw .truncated }
    let start = offset + 2
    let end = start + Int(payload.bigEndian(at: offset, as: UInt16.self))
    guard end >= start + 2, end <= payload.byteCount else { throw .truncated }
    let type = try Self.type(of: payload, at: start)
    guard HEVCNALUnitType.isNALUnit(type) else { throw .unsupportedType(type) }
    return start..<end
  }

  private static func type(of payload: RawSpan, at offset: Int) throws(ParseError) -> UInt8 {
    let first: UInt8 = payload.bigEndian(at: offset)
    guard first & 0x80 == 0 else { throw .forbiddenBit }
    return HEVCNALUnitType.type(of: first)
  }

  private static func appendStartCode(to accessUnit: inout [UInt8]) {
    accessUnit.append(0)
    accessUnit.append(0)
    accessUnit.append(0)
    accessUnit.append(1)
  }
}
