import MediaUnits

/// A picture that a test owns.
final class TestPicture {
  let size: PictureSize
  private let memory: UnsafeMutablePointer<UInt8>
  private let stride: Int

  /// - Parameter color: the pixel at (x, y) as 0xRRGGBB.
  init(width: Int, height: Int, padding: Int = 12, _ color: (_ x: Int, _ y: Int) -> UInt32) {
    self.size = PictureSize(width: width, height: height)
    self.stride = 4 * width + padding
    self.memory = .allocate(capacity: self.stride * height)
    self.memory.initialize(repeating: 0xAA, count: self.stride * height)
    self.fill(color)
  }

  func fill(_ color: (_ x: Int, _ y: Int) -> UInt32) {
    for y in 0..<self.size.height {
      for x in 0..<self.size.width {
        let pixel = self.memory + y * self.stride + 4 * x
        let value = color(x, y)
        pixel[0] = UInt8(value & 0xFF)
        pixel[1] = UInt8(value >> 8 & 0xFF)
        pixel[2] = UInt8(value >> 16 & 0xFF)
      }
    }
  }

  deinit {
    self.memory.deallocate()
  }

  var view: BGRXView { BGRXView(size: self.size, pixels: self.memory, stride: self.stride) }
}
