internal import Octets

/// Puts RTP payloads together to an H.264 access unit in Annex B form.
///
/// Append the payloads of one frame in order, then check ``isComplete``. After an error, or where a packet is
/// missing, drop the access unit and ``reset()``.
///
/// - Spec: RFC 6184 §5.6 (single NAL unit packet), §5.7.1 (STAP-A), §5.8 (FU-A).
public struct H264Depacketizer: Hashable, Sendable {
  /// Why a payload cannot be part of the access unit. A peer can cause every one of these.
  public enum ParseError: Error, Hashable, Sendable {
    /// The payload ends before a byte that must be there, or an aggregate holds an empty NAL unit.
    case truncated
    /// The forbidden bit is set: the NAL unit is known to be damaged.
    case forbiddenBit
    /// A type that packetization mode 1 does not allow.
    case unsupportedType(UInt8)
    /// A fragment says that it is both the first and the last.
    case wholeUnitInFragment
    /// A fragment continues a NAL unit of which the start, or another fragment, is missing.
    case fragmentWithoutStart
    /// A NAL unit began before the fragments of the one before it had ended.
    case unfinishedFragment
  }

  /// The header of the NAL unit whose fragments are arriving.
  private var fragmentedHeader: UInt8?

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
    guard payload.byteCount > 0 else { throw .truncated }
    let header: UInt8 = payload.bigEndian(at: 0)
    guard header & 0x80 == 0 else { throw .forbiddenBit }
    let type = header & H264NALUnitType.mask
    if type == H264NALUnitType.fragmentA {
      try self.appendFragment(payload, indicator: header, to: &accessUnit)
      return
    }
    guard self.isComplete else { throw .unfinishedFragment }
    if type == H264NALUnitType.aggregateA {
      try Self.appendAggregate(payload, to: &accessUnit)
    } else {
      guard H264NALUnitType.isNALUnit(type) else { throw .unsupportedType(type) }
      Self.appendStartCode(to: &accessUnit)
      accessUnit.append(contentsOf: payload)
    }
  }

  private mutating func appendFragment(
    _ payload: RawSpan,
    indicator: UInt8,
    to accessUnit: inout [UInt8]
  ) throws(ParseError) {
    guard payload.byteCount >= 2 else { throw .truncated }
    let fragmentHeader: UInt8 = payload.bigEndian(at: 1)
    let isFirst = fragmentHeader & 0x80 != 0
    let isLast = fragmentHeader & 0x40 != 0
    let type = fragmentHeader & H264NALUnitType.mask
    guard H264NALUnitType.isNALUnit(type) else { throw .unsupportedType(type) }
    let header = indicator & ~H264NALUnitType.mask | type

    if isFirst {
      guard !isLast else { throw .wholeUnitInFragment }
      guard self.isComplete else { throw .unfinishedFragment }
      Self.appendStartCode(to: &accessUnit)
      accessUnit.append(header)
    } else {
      guard self.fragmentedHeader == header else { throw .fragmentWithoutStart }
    }
    accessUnit.append(contentsOf: payload.extracting(2..<payload.byteCount))
    self.fragmentedHeader = isLast ? nil : header
  }

  private static func appendAggregate(_ payload: RawSpan, to accessUnit: inout [UInt8]) throws(ParseError) {
    guard payload.byteCount > 1 else { throw .truncated }
    let byteCountBefore = accessUnit.count
    var offset = 1
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
    guard end > start, end <= payload.byteCount else { throw .truncated }
    let header: UInt8 = payload.bigEndian(at: start)
    guard header & 0x80 == 0 else { throw .forbiddenBit }
    let type = header & H264NALUnitType.mask
    guard H264NALUnitType.isNALUnit(type) else { throw .unsupportedType(type) }
    return start..<end
  }

  private static func appendStartCode(to accessUnit: inout [UInt8]) {
    accessUnit.append(0)
    accessUnit.append(0)
    accessUnit.append(0)
    accessUnit.append(1)
  }
}
