internal import MediaUnits

/// What packetizer and depacketizer have to know of a codec's NAL units and of the payloads made from them.
///
/// - Spec: RFC 6184 §5.2 table 1, §5.4 table 3, ITU-T H.264 table 7-1; RFC 7798 §1.1.4, §4.4, ITU-T H.265 table 7-1.
struct NALUnitFormat: Hashable, Sendable {
  let codec: VideoCodec

  /// Bytes of a NAL unit's header, and of a payload's.
  var headerByteCount: Int {
    switch self.codec {
    case .h264: 1
    case .hevc: 2
    }
  }

  /// Bytes in front of a part of a NAL unit: the payload's header and the fragment's.
  var fragmentPrefixByteCount: Int { self.headerByteCount + 1 }

  /// Bytes that a fragment has at least, its headers among them: one of HEVC without a byte of the NAL unit would be no
  /// part of it, one of H.264 may be.
  ///
  /// - Spec: RFC 7798 §4.4.3; RFC 6184 §5.8.
  var leastFragmentByteCount: Int {
    switch self.codec {
    case .h264: self.fragmentPrefixByteCount
    case .hevc: self.fragmentPrefixByteCount + 1
    }
  }

  /// The type of a payload that holds several NAL units: STAP-A, or an aggregation packet.
  var aggregate: UInt8 {
    switch self.codec {
    case .h264: 24
    case .hevc: 48
    }
  }

  /// The type of a payload that holds a part of a NAL unit: FU-A, or a fragmentation unit.
  var fragment: UInt8 {
    switch self.codec {
    case .h264: 28
    case .hevc: 49
    }
  }

  /// The type that a NAL unit's, or a payload's, first byte names.
  func type(of firstByte: UInt8) -> UInt8 {
    switch self.codec {
    case .h264: firstByte & 0x1F
    case .hevc: firstByte >> 1 & 0x3F
    }
  }

  /// A first byte with the type replaced.
  func firstByte(_ firstByte: UInt8, type: UInt8) -> UInt8 {
    switch self.codec {
    case .h264: firstByte & ~0x1F | type
    case .hevc: firstByte & ~0x7E | type << 1
    }
  }

  /// The type of the NAL unit that a fragment's header names.
  func type(ofFragmentHeader header: UInt8) -> UInt8 {
    switch self.codec {
    case .h264: header & 0x1F
    case .hevc: header & 0x3F
    }
  }

  /// Whether `type` names a NAL unit of the codec itself, and so may be carried.
  func isNALUnit(_ type: UInt8) -> Bool {
    switch self.codec {
    case .h264: 1...23 ~= type
    case .hevc: type < self.aggregate
    }
  }

  /// Whether a NAL unit is worth sending: not a delimiter (9; 35 in HEVC), end of sequence (10; 36) or stream (11; 37),
  /// or filler (12; 38).
  func isSent(_ type: UInt8) -> Bool {
    switch self.codec {
    case .h264: self.isNALUnit(type) && !(9...12 ~= type)
    case .hevc: self.isNALUnit(type) && !(35...38 ~= type)
    }
  }
}
