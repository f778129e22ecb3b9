/// A scrolling tiled background with textured sprites that bounce over it: about as much work for an encoder as a
/// two-dimensional game, and the same pictures every time.
struct Scene {
  private static let tile = 64
  private static let spriteSide = 48
  private static let spriteCount = 24

  private let width: Int
  private let height: Int
  /// Two tiles, the pattern's period, wider and higher than the picture: any scroll position is a copy of rows.
  private let background: [UInt32]
  private let backgroundWidth: Int
  private let sprites: [[UInt32]]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    var noise = Noise(state: 1)
    let texture = (0..<4).map { kind in
      (0..<(Self.tile * Self.tile)).map { index -> UInt32 in
        let (y, x) = index.quotientAndRemainder(dividingBy: Self.tile)
        let isEdge = x < 2 || y < 2
        let grain = (x / 4 ^ y / 4) % 8 * 2 + Int(noise.next() % 3)
        let shade = (isEdge ? 30 : 70 + 25 * kind) + (x + y) / 8 + grain
        return Self.color(shade + 10 * kind, shade, shade / 2 + 30 * (3 - kind))
      }
    }
    let tilesAcross = width / Self.tile + 3
    let backgroundWidth = tilesAcross * Self.tile
    let backgroundHeight = (height / Self.tile + 3) * Self.tile
    self.background = (0..<(backgroundWidth * backgroundHeight)).map { index in
      let (y, x) = index.quotientAndRemainder(dividingBy: backgroundWidth)
      let kind = (x / Self.tile) % 2 + 2 * ((y / Self.tile) % 2)
      return texture[kind][(y % Self.tile) * Self.tile + x % Self.tile]
    }
    self.backgroundWidth = backgroundWidth
    self.sprites = (0..<4).map { kind in
      (0..<(Self.spriteSide * Self.spriteSide)).map { index in
        let (y, x) = index.quotientAndRemainder(dividingBy: Self.spriteSide)
        let (dx, dy) = (x - Self.spriteSide / 2, y - Self.spriteSide / 2)
        let distance = dx * dx + dy * dy
        if distance > 22 * 22 { return 0 }
        let light = 255 - distance / 3 + Int(noise.next() % 16)
        let channels = [light, light * (kind + 1) / 5, light * (4 - kind) / 5]
        return Self.color(channels[kind % 3], channels[(kind + 1) % 3], channels[(kind + 2) % 3]) | 0xFF00_0000
      }
    }
  }

  /// Draws one frame.
  ///
  /// - Parameters:
  ///   - seconds: the time that it shows; the scene scrolls 120 pixels a second whatever the rate.
  ///   - isBright: whether half of the picture flashes white.
  ///   - pixels: `width * height` of them.
  func draw(seconds: Double, isBright: Bool, into pixels: UnsafeMutablePointer<UInt32>) {
    let scrollX = Int(seconds * 120) % (2 * Self.tile)
    let scrollY = Int(seconds * 40) % (2 * Self.tile)
    self.background.withUnsafeBufferPointer { source in
      for y in 0..<self.height {
        let start = (y + scrollY) * self.backgroundWidth + scrollX
        (pixels + y * self.width).update(from: source.baseAddress! + start, count: self.width)
      }
    }
    if isBright {
      (pixels + (self.height / 4) * self.width).update(repeating: 0xFFFFFF, count: self.width * (self.height / 2))
    }
    for index in 0..<Self.spriteCount {
      let speedX = Double(90 + 37 * (index % 7))
      let speedY = Double(70 + 29 * (index % 5))
      let x = Self.bounce(seconds * speedX + Double(index * 113), self.width - Self.spriteSide)
      let y = Self.bounce(seconds * speedY + Double(index * 71), self.height - Self.spriteSide)
      self.drawSprite(self.sprites[index % self.sprites.count], x: x, y: y, into: pixels)
    }
  }

  private func drawSprite(_ sprite: [UInt32], x: Int, y: Int, into pixels: UnsafeMutablePointer<UInt32>) {
    sprite.withUnsafeBufferPointer { sprite in
      for row in 0..<min(Self.spriteSide, self.height) {
        let line = pixels + (y + row) * self.width + x
        for column in 0..<Self.spriteSide {
          let pixel = sprite[row * Self.spriteSide + column]
          if pixel != 0 { line[column] = pixel }
        }
      }
    }
  }

  private static func bounce(_ distance: Double, _ range: Int) -> Int {
    guard range > 0 else { return 0 }
    let position = Int(distance) % (2 * range)
    return position < range ? position : 2 * range - position
  }

  private static func color(_ red: Int, _ green: Int, _ blue: Int) -> UInt32 {
    UInt32(min(255, red)) << 16 | UInt32(min(255, green)) << 8 | UInt32(min(255, blue))
  }
}

/// A linear congruential generator (Knuth's MMIX constants): texture, not chance.
private struct Noise {
  var state: UInt64

  mutating func next() -> UInt64 {
    self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return self.state >> 33
  }
}
