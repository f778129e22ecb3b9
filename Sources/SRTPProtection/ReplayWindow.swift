/// Which packet indices of one stream have been used, as far back as ``width``.
///
/// - Spec: RFC 3711 §3.3.2.
struct ReplayWindow {
  /// Indices that are remembered, counted back from the newest; a power of two.
  static let width: UInt64 = 1024

  enum Standing {
    case new
    case used
    case tooOld
  }

  /// The highest index used so far.
  private(set) var newest: UInt64
  /// One bit an index, at the index modulo the width.
  private var used = InlineArray<16, UInt64>(repeating: 0)

  init(first index: UInt64) {
    self.newest = index
    self.mark(index)
  }

  func standing(of index: UInt64) -> Standing {
    if index > self.newest { return .new }
    if self.newest - index >= Self.width { return .tooOld }
    return self.used[Self.word(index)] & Self.bit(index) == 0 ? .new : .used
  }

  /// Notes the use of an index whose standing is new.
  mutating func use(_ index: UInt64) {
    if index > self.newest {
      if index - self.newest >= Self.width {
        self.used = InlineArray(repeating: 0)
      } else {
        for skipped in self.newest + 1...index { self.used[Self.word(skipped)] &= ~Self.bit(skipped) }
      }
      self.newest = index
    }
    self.mark(index)
  }

  private mutating func mark(_ index: UInt64) {
    self.used[Self.word(index)] |= Self.bit(index)
  }

  private static func word(_ index: UInt64) -> Int { Int((index % self.width) / 64) }

  private static func bit(_ index: UInt64) -> UInt64 { 1 << (index % 64) }
}
