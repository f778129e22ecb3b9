import MediaUnits

/// What the tests know of the codecs' NAL units, written down a second time, from the specifications.
extension VideoCodec {
  /// How the files of vectors call it.
  var vectorName: String {
    switch self {
    case .h264: "h264"
    case .hevc: "hevc"
    }
  }

  /// Bytes in front of a part of a NAL unit.
  var fragmentPrefixByteCount: Int { self == .h264 ? 2 : 3 }

  func isFragment(_ payload: [UInt8]) -> Bool {
    switch self {
    case .h264: payload[0] & 0x1F == 28
    case .hevc: payload[0] >> 1 & 0x3F == 49
    }
  }

  /// Whether a NAL unit is worth sending.
  func isSent(_ unit: [UInt8]) -> Bool {
    switch self {
    case .h264: !unit.isEmpty && ![9, 10, 11, 12].contains(unit[0] & 0x1F)
    case .hevc: unit.count >= 2 && ![35, 36, 37, 38].contains(unit[0] >> 1 & 0x3F)
    }
  }

  /// Payloads that a NAL unit takes.
  func fewestParts(_ byteCount: Int, _ maximum: Int) -> Int {
    guard byteCount > maximum else { return 1 }
    return switch self {
    case .h264: (byteCount - 1 + maximum - 3) / (maximum - 2)
    case .hevc: (byteCount - 2 + maximum - 4) / (maximum - 3)
    }
  }

  /// NAL units as an encoder makes them: no start code within, and no zero byte at the end.
  func randomUnits(using random: inout SplitMix64) -> [[UInt8]] {
    (0..<Int.random(in: 0...6, using: &random)).map { _ in
      let byteCount = Int.random(in: 0...[3, 40, 4000].randomElement(using: &random)!, using: &random)
      var unit = Array(self.randomHeader(using: &random).prefix(byteCount))
      guard byteCount >= unit.count, unit.count > 0 else { return unit }
      var zeros = 0
      while unit.count < byteCount {
        // Many zeros, so that the search for start codes is led astray.
        let byte: UInt8 = Int.random(in: 0..<3, using: &random) == 0 ? 0 : .random(in: 0...255, using: &random)
        if zeros == 2, byte <= 3 {
          unit.append(3)
          zeros = 0
        }
        unit.append(byte)
        zeros = byte == 0 ? zeros + 1 : 0
      }
      if unit.count > 1, unit.last == 0 { unit.append(0x80) }
      return unit
    }
  }

  private func randomHeader(using random: inout SplitMix64) -> [UInt8] {
    switch self {
    case .h264: [UInt8.random(in: 0...3, using: &random) << 5 | UInt8.random(in: 1...23, using: &random)]
    case .hevc:
      // Types 0 ... 47, any layer; the temporal identifier is never zero.
      [
        UInt8.random(in: 0...95, using: &random),
        UInt8.random(in: 0...31, using: &random) << 3 | UInt8.random(in: 1...7, using: &random),
      ]
    }
  }
}
