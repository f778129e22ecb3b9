import SessionProtocol

/// An encoder that draws the picture anew in columns, one a frame, and a decoder that knows which columns are right.
///
/// A column that is drawn anew needs nothing else; any other is copied from the picture before, and is right if that one's
/// was and nothing is missing in between.
struct SimulatedRefresh: Sendable {
  /// What a frame does to the picture.
  private enum Step {
    case all
    case column(Int)
    case nothing
  }

  private var steps: [Step] = []
  private var framesSinceWave = 0
  private var period = 0
  private var lastDecoded = -1
  private var right: Set<Int> = []

  /// Whether the newest frame was sent in a stream that is drawn anew part by part.
  private(set) var isOn = false

  /// The next frame is made.
  ///
  /// - Returns: what stands in front of its slice.
  mutating func encode(isKeyframe: Bool, terms: StreamTerms?) -> [UInt8] {
    self.isOn = terms?.hasIntraRefresh ?? false
    if isKeyframe {
      self.framesSinceWave = 0
      self.period = terms?.refreshPeriod ?? 1
      self.steps.append(.all)
      return []
    }
    guard self.isOn else {
      self.steps.append(.nothing)
      return []
    }
    self.framesSinceWave += 1
    let (wave, column) = self.framesSinceWave.quotientAndRemainder(dividingBy: self.period)
    // After a key frame there is nothing to draw anew for a period.
    self.steps.append(wave == 0 ? .nothing : .column(column))
    guard wave > 0, column == 0 else { return [] }
    return [0, 0, 0, 1] + Self.recoveryPoint(frameCount: self.period - 1)
  }

  /// A frame is decoded, whatever was before it.
  ///
  /// - Returns: whether the picture is what was sent.
  mutating func decode(_ index: Int) -> Bool {
    if index != self.lastDecoded + 1 { self.right = [] }
    self.lastDecoded = index
    switch self.steps[index] {
    case .all: self.right = Set(0..<self.period)
    case .column(let column): self.right.insert(column)
    case .nothing: break
    }
    return self.right.count == self.period
  }

  /// A NAL unit with the message that a picture is whole so many frames later.
  ///
  /// - Spec: ITU-T H.264 §D.1.8, §9.1.
  static func recoveryPoint(frameCount: Int) -> [UInt8] {
    var bits = ""
    let number = String(frameCount + 1, radix: 2)
    bits += String(repeating: "0", count: number.count - 1) + number
    // Exact, no broken link, one slice group; then a one and zeros up to a byte.
    bits += "1000" + "1"
    while bits.count % 8 != 0 { bits += "0" }
    let digits = Array(bits)
    let payload = stride(from: 0, to: digits.count, by: 8).map { UInt8(String(digits[$0..<$0 + 8]), radix: 2)! }
    return [0x06, 6, UInt8(payload.count)] + payload + [0x80]
  }
}
