internal import MediaUnits

/// How large frames become that an encoder was given a budget for.
///
/// As libx264 without look-ahead behaves with a buffer of one frame: most frames stay below the budget, by a share that
/// varies from frame to frame, and key frames use it up. All flows have this encoder.
struct EncoderModel {
  /// 60 frames a second.
  static let frameInterval = Duration.nanoseconds(16_666_667)
  /// Of the sizes of frames, as a share of the budget: the median and the deviation of its logarithm.
  private static let (median, deviation) = (0.93, 0.06)
  private static let largest = 1.04

  private var random: SplitMix64

  init(seed: UInt64) {
    self.random = SplitMix64(seed: seed)
  }

  /// When frame `number` is drawn, from 0.
  static func time(of number: Int) -> Instant {
    .zero + Self.frameInterval * number
  }

  /// - Returns: bytes of the frame, at least 200.
  mutating func byteCount(budget: Int, isKeyframe: Bool) -> Int {
    // The sum of twelve draws, less its mean, is as good as normal, and never beyond six deviations.
    let normal = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &self.random) }
    // Summed up by the first terms of the exponential, which differ from it by less than the fourth digit.
    let exponent = Self.deviation * normal
    let share = isKeyframe ? 1 : Self.median * (1 + exponent + exponent * exponent / 2)
    return max(200, Int(Double(budget) * min(share, Self.largest)))
  }
}
