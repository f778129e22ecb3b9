/// The kinds of NAL unit and of payload that the packetizer and the depacketizer tell apart.
///
/// - Spec: RFC 7798 §1.1.4, §4.4; ITU-T H.265 table 7-1.
enum HEVCNALUnitType {
  /// Bits of a NAL unit's first byte that hold its type.
  static let mask: UInt8 = 0x7E
  static let aggregate: UInt8 = 48
  static let fragment: UInt8 = 49

  /// The type that a NAL unit's, or a payload's, first byte names.
  static func type(of firstByte: UInt8) -> UInt8 {
    (firstByte & Self.mask) >> 1
  }

  /// A first byte with the type replaced.
  static func firstByte(_ firstByte: UInt8, type: UInt8) -> UInt8 {
    firstByte & ~Self.mask | type << 1
  }

  /// Whether `type` names a NAL unit of H.265 itself, and so may be carried.
  static func isNALUnit(_ type: UInt8) -> Bool {
    type < Self.aggregate
  }

  /// Whether a NAL unit is worth sending: not a delimiter (35), end of sequence (36) or stream (37), or filler (38).
  static func isSent(_ type: UInt8) -> Bool {
    Self.isNALUnit(type) && !(35...38 ~= type)
  }
}
