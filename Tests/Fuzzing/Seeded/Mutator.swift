import MediaUnits

/// Makes hostile inputs: valid ones with a few wounds, and noise.
struct Mutator {
  private var random: SplitMix64
  private let valid: [[UInt8]]
  private let longest: Int

  /// - Parameters:
  ///   - valid: inputs that the parser accepts, at least one.
  ///   - longest: bytes of an input at most.
  init(seed: UInt64, valid: [[UInt8]], longest: Int) {
    precondition(!valid.isEmpty, "a mutator starts from valid inputs")
    self.random = SplitMix64(seed: seed)
    self.valid = valid
    self.longest = longest
  }

  mutating func next(into bytes: inout [UInt8]) {
    bytes.removeAll(keepingCapacity: true)
    if self.random.next() % 8 == 0 {
      for _ in 0..<self.below(min(self.longest, 256)) { bytes.append(self.byte()) }
      return
    }
    bytes.append(contentsOf: self.valid[self.below(self.valid.count)])
    for _ in 0..<self.below(6) where !bytes.isEmpty { self.wound(&bytes) }
    if bytes.count > self.longest { bytes.removeLast(bytes.count - self.longest) }
  }

  private mutating func wound(_ bytes: inout [UInt8]) {
    let index = self.below(bytes.count)
    switch self.random.next() % 7 {
    case 0: bytes[index] = self.byte()
    case 1: bytes[index] ^= 1 << UInt8(self.random.next() % 8)
    case 2: bytes[index] = [0, 1, 0x7F, 0x80, 0xFF][self.below(5)]
    case 3: bytes.removeLast(self.below(bytes.count))
    case 4: bytes.insert(self.byte(), at: index)
    case 5: bytes.remove(at: index)
    default:
      // A run from another valid input, spliced in.
      let other = self.valid[self.below(self.valid.count)]
      guard !other.isEmpty else { return }
      let start = self.below(other.count)
      bytes.insert(contentsOf: other[start..<min(other.count, start + 1 + self.below(32))], at: index)
    }
  }

  private mutating func below(_ bound: Int) -> Int {
    Int(self.random.next() % UInt64(max(1, bound)))
  }

  private mutating func byte() -> UInt8 {
    UInt8(truncatingIfNeeded: self.random.next())
  }
}
