import LatencyStrip
import MediaUnits
import Testing

@Suite("The latency strip")
struct LatencyStripTests {
  private static let size = PictureSize(width: 640, height: 360)

  /// A luma plane of the strip drawn over noise, in BT.601's limited range as an encoder would see it.
  private func luma(of strip: LatencyStrip, seed: UInt64) -> [UInt8] {
    var generator = SplitMix64(seed: seed)
    var pixels = (0..<(4 * Self.size.width * Self.size.height)).map { _ in UInt8.random(in: 0...255, using: &generator)
    }
    pixels.withUnsafeMutableBufferPointer {
      strip.draw(into: BGRXView(size: Self.size, pixels: $0.baseAddress!, stride: 4 * Self.size.width))
    }
    return stride(from: 0, to: pixels.count, by: 4).map { offset in
      let (b, g, r) = (Int(pixels[offset]), Int(pixels[offset + 1]), Int(pixels[offset + 2]))
      return UInt8(16 + (66 * r + 129 * g + 25 * b + 128) >> 8)
    }
  }

  private func decode(_ luma: [UInt8], size: PictureSize = size) -> LatencyStrip? {
    luma.withUnsafeBufferPointer { LatencyStrip(luma: $0.baseAddress!, stride: Self.size.width, size: size) }
  }

  @Test("is read back from the picture that it was drawn into", arguments: [UInt64](1...8))
  func roundTrip(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let strip = LatencyStrip(
      frameNumber: .random(in: .min ... .max, using: &generator),
      inputCount: .random(in: .min ... .max, using: &generator),
      flags: LatencyStrip.Flags(rawValue: .random(in: .min ... .max, using: &generator))
    )
    #expect(self.decode(self.luma(of: strip, seed: seed)) == strip)
  }

  @Test("survives noise of a quarter of the range and a shifted black level", arguments: [UInt64](1...8))
  func noise(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let strip = LatencyStrip(frameNumber: 0xDEAD_BEEF, inputCount: 7, flags: .flash)
    let noisy = self.luma(of: strip, seed: seed).map { sample in
      UInt8(clamping: Int(sample) + 20 + Int.random(in: -55...55, using: &generator))
    }
    #expect(self.decode(noisy) == strip)
  }

  @Test("is refused when any one cell is wrong")
  func damagedCell() {
    let strip = LatencyStrip(frameNumber: 123_456, inputCount: 42)
    for index in strip.cells.indices {
      var cells = strip.cells
      cells[index].toggle()
      #expect(LatencyStrip(cells: cells) == nil, "cell \(index)")
    }
    #expect(LatencyStrip(cells: strip.cells) == strip)
  }

  @Test("is not seen in black, white or noise", arguments: [UInt64](1...4))
  func absent(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let count = Self.size.width * Self.size.height
    #expect(self.decode([UInt8](repeating: 16, count: count)) == nil)
    #expect(self.decode([UInt8](repeating: 235, count: count)) == nil)
    #expect(self.decode((0..<count).map { _ in UInt8.random(in: 16...235, using: &generator) }) == nil)
  }

  @Test("is not looked for in a picture that is too small for it")
  func tooSmall() {
    let strip = LatencyStrip(frameNumber: 1, inputCount: 1)
    #expect(self.decode(self.luma(of: strip, seed: 1), size: PictureSize(width: 478, height: 360)) == nil)
  }
}
