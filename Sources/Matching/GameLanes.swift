/// Up to eight of a host's games in 16 bytes, compared all at once with plain arithmetic; 0 where there is none.
///
/// `SIMD8<UInt16>` would say the same, but its comparisons go through the lanes one by one.
struct GameLanes {
  static let count = 8
  /// Marks a game with a stage ready.
  static let warmBit: UInt16 = 0x8000

  private static let warmBits: UInt64 = 0x8000_8000_8000_8000
  private static let ones: UInt64 = 0x0001_0001_0001_0001

  private var first: UInt64 = 0
  private var second: UInt64 = 0

  init() {}

  subscript(lane: Int) -> UInt16 {
    get { UInt16(truncatingIfNeeded: (lane < 4 ? self.first : self.second) >> UInt64(16 * (lane & 3))) }
    set {
      let shift = UInt64(16 * (lane & 3))
      let (hole, value) = (~(0xFFFF << shift) as UInt64, UInt64(newValue) << shift)
      if lane < 4 { self.first = self.first & hole | value } else { self.second = self.second & hole | value }
    }
  }

  /// Not 0 if `game` is among them.
  @inline(__always)
  func matches(_ game: UInt16) -> UInt64 {
    Self.equal(self.first, game) | Self.equal(self.second, game)
  }

  func isWarm(_ game: UInt16) -> Bool {
    Self.equal(self.first, game) & self.first | Self.equal(self.second, game) & self.second != 0
  }

  /// ``warmBit`` in every lane that has `game`, warm or not.
  @inline(__always)
  private static func equal(_ lanes: UInt64, _ game: UInt16) -> UInt64 {
    // A lane without its highest bit carries into it exactly when it is not 0.
    let differences = (lanes ^ UInt64(game) &* Self.ones) & ~Self.warmBits
    return ~(differences &+ ~Self.warmBits) & Self.warmBits
  }
}
