import Glibc
import MediaUnits

/// Scrolling texture, as a game's camera makes it: everything moves in every frame.
struct MovingScene {
  private let texture: [UInt8]
  private let side: Int

  /// - Parameter seed: another seed is another scene.
  init(seed: UInt64, side: Int = 512) {
    var random = SplitMix64(seed: seed)
    let cell = 16
    let corners = (0..<(side / cell + 1) * (side / cell + 1) * 3).map { _ in Int(random.next() & 0xFF) }
    var texture = [UInt8](repeating: 255, count: 4 * side * side)
    for y in 0..<side {
      for x in 0..<side {
        let corner = (y / cell) * (side / cell + 1) + x / cell
        let (right, down) = (x % cell, y % cell)
        for channel in 0..<3 {
          let top = corners[3 * corner + channel] * (cell - right) + corners[3 * (corner + 1) + channel] * right
          let below = corner + side / cell + 1
          let bottom = corners[3 * below + channel] * (cell - right) + corners[3 * (below + 1) + channel] * right
          texture[4 * (y * side + x) + channel] = UInt8((top * (cell - down) + bottom * down) / (cell * cell))
        }
      }
    }
    self.texture = texture
    self.side = side
  }

  /// Draws the scene as it looks after `frame` frames.
  func draw(frame: Int, into picture: BGRXView) {
    let (width, height) = (picture.size.width, picture.size.height)
    precondition(width < self.side && height < self.side, "the scene must be larger than its pictures")
    let x = 3 * frame % (self.side - width)
    let y = 2 * frame % (self.side - height)
    self.texture.withUnsafeBytes { texture in
      for row in 0..<height {
        memcpy(
          picture.pixels + row * picture.stride,
          texture.baseAddress! + 4 * ((y + row) * self.side + x),
          4 * width
        )
      }
    }
  }
}
