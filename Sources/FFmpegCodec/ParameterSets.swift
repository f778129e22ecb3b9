internal import MediaUnits

/// The parameter sets at the front of a key frame, in Annex B form.
///
/// - Spec: H.264 §7.3.1 (NAL unit), §7.4.1 table 7-1 (types), Annex B; H.265 §7.3.1.2 (header), table 7-1.
enum ParameterSets {
  /// The types of the sets that a decoder needs: sequence and picture, and in HEVC video before them.
  private static func types(of codec: VideoCodec) -> Set<UInt8> {
    switch codec {
    case .h264: [7, 8]
    case .hevc: [32, 33, 34]
    }
  }

  /// Copies the parameter sets of `accessUnit`, each behind a start code of four bytes.
  ///
  /// - Returns: `nil` unless there is at least one of each kind.
  static func copy(from accessUnit: UnsafeRawBufferPointer, codec: VideoCodec) -> [UInt8]? {
    let wanted = self.types(of: codec)
    var sets: [UInt8] = []
    var types: Set<UInt8> = []
    var cursor = 0
    while let start = self.nextUnit(in: accessUnit, from: cursor) {
      var end = self.nextStartCode(in: accessUnit, from: start)
      cursor = end
      // A zero before a start code belongs to the start code, and no NAL unit ends in one.
      while end > start, accessUnit[end - 1] == 0 { end -= 1 }
      guard end > start else { continue }
      let type = codec == .h264 ? accessUnit[start] & 0x1F : accessUnit[start] >> 1 & 0x3F
      guard wanted.contains(type) else { continue }
      types.insert(type)
      sets.append(contentsOf: [0, 0, 0, 1])
      sets.append(contentsOf: accessUnit[start..<end])
    }
    return types == wanted ? sets : nil
  }

  /// Where the first NAL unit that starts at or after `offset` begins, behind its start code.
  private static func nextUnit(in bytes: UnsafeRawBufferPointer, from offset: Int) -> Int? {
    let startCode = self.nextStartCode(in: bytes, from: offset)
    return startCode + 3 < bytes.count ? startCode + 3 : nil
  }

  /// Where the next `00 00 01` begins; the end of `bytes` if there is none.
  private static func nextStartCode(in bytes: UnsafeRawBufferPointer, from offset: Int) -> Int {
    var index = offset
    while index + 3 <= bytes.count {
      if bytes[index] == 0, bytes[index + 1] == 0, bytes[index + 2] == 1 { return index }
      index += 1
    }
    return bytes.count
  }
}
