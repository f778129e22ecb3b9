import MediaUnits

/// An endless series of inputs for a parser: random bytes, and templates with a few bytes changed, cut or added.
struct HostileInputs {
  private var random: SplitMix64
  private let templates: [[UInt8]]

  init(seed: UInt64, templates: [[UInt8]]) {
    precondition(!templates.isEmpty, "there must be something to damage")
    self.random = SplitMix64(seed: seed)
    self.templates = templates
  }

  mutating func next() -> [UInt8] {
    var word = self.random.next()
    /// A number below `bound`, from what is left of one random word: drawing is the dearest part of a run.
    func draw(_ bound: Int) -> Int {
      let (quotient, remainder) = word.quotientAndRemainder(dividingBy: UInt64(bound))
      word = quotient
      return Int(remainder)
    }
    if draw(8) == 0 {
      var bytes: [UInt8] = []
      let count = draw(24)
      while bytes.count < count { withUnsafeBytes(of: self.random.next()) { bytes.append(contentsOf: $0) } }
      return bytes
    }
    var bytes = self.templates[draw(self.templates.count)]
    let changes = draw(4)
    var values = self.random.next()
    for _ in 0..<changes where !bytes.isEmpty {
      switch draw(4) {
      case 0: bytes[draw(bytes.count)] = UInt8(truncatingIfNeeded: values)
      case 1: bytes[draw(min(bytes.count, 24))] ^= 1 << UInt8(values % 8)
      case 2: bytes.removeLast(1 + draw(bytes.count))
      default: bytes.insert(UInt8(truncatingIfNeeded: values), at: draw(bytes.count))
      }
      values >>= 8
    }
    return bytes
  }
}
