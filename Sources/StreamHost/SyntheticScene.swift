import MediaUnits

/// Pictures to encode: the upper half scrolls, and each row of the lower half is another piece of noise every time.
///
/// Rows are copied from a texture that is made once, so that drawing is cheap in debug builds too.
struct SyntheticScene {
  private static let textureByteCount = 1 << 16

  private let size: PictureSize
  private let texture: [UInt8]
  private var random = SplitMix64(seed: 1)
  private var index = 0

  init(size: PictureSize) {
    var random = SplitMix64(seed: 2)
    self.size = size
    self.texture = (0..<Self.textureByteCount).map { index in
      // Soft waves with some grain, as a game's picture has.
      let wave = UInt8(truncatingIfNeeded: abs(index / 3 % 256 - 128))
      return 32 + wave + UInt8(truncatingIfNeeded: random.next() & 0xF)
    }
  }

  mutating func draw(into picture: I420View) {
    let (width, height) = (self.size.width, self.size.height)
    let room = Self.textureByteCount - width
    let scroll = self.index * 4
    self.index += 1
    // Borrowed together: the generator moves on while the texture is read.
    var random = self.random
    self.texture.withUnsafeBufferPointer { texture in
      guard let base = texture.baseAddress else { return }
      for row in 0..<height {
        let offset = row < height / 2 ? (row * 97 + scroll) % room : Int(random.next() % UInt64(room))
        (picture.y + row * picture.yStride).update(from: base + offset, count: width)
      }
      for row in 0..<height / 2 {
        let offset = (row * 31 + scroll / 2) % room
        (picture.u + row * picture.chromaStride).update(from: base + offset, count: width / 2)
        (picture.v + row * picture.chromaStride).update(from: base + (offset + 5) % room, count: width / 2)
      }
    }
    self.random = random
  }
}
