/// The kinds of NAL unit and of payload that the packetizer and the depacketizer tell apart.
///
/// - Spec: RFC 6184 §5.2 table 1, §5.4 table 3; ITU-T H.264 table 7-1.
enum H264NALUnitType {
  static let mask: UInt8 = 0x1F
  static let aggregateA: UInt8 = 24
  static let fragmentA: UInt8 = 28

  /// Whether `type` names a NAL unit of H.264 itself, and so may be carried.
  static func isNALUnit(_ type: UInt8) -> Bool {
    type >= 1 && type <= 23
  }

  /// Whether a NAL unit is worth sending: not a delimiter (9), end of sequence (10) or stream (11), or filler (12).
  static func isSent(_ type: UInt8) -> Bool {
    Self.isNALUnit(type) && !(9...12 ~= type)
  }
}
