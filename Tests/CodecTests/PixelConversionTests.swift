import MediaUnits
import PixelConversion
import Testing

@Suite("Pixel conversion")
struct PixelConversionTests {
  @Test(
    "maps colours as BT.601 with limited range says",
    arguments: [
      // blue, green, red; then Y, U (Cb), V (Cr) of ITU-R BT.601 §3.5, rounded.
      ([0, 0, 0], [16, 128, 128]), ([255, 255, 255], [235, 128, 128]), ([0, 0, 255], [81, 90, 240]),
      ([0, 255, 0], [145, 54, 34]), ([255, 0, 0], [41, 240, 110]),
    ] as [([UInt8], [Int])]
  )
  func colours(pixel: [UInt8], expected: [Int]) {
    let picture = BGRXPicture(16, 16)
    for y in 0..<16 { for x in 0..<16 { picture[x, y] = pixel } }
    let planes = I420Picture(16, 16)
    PixelConversion.convert(picture.view, to: planes.view)
    let found = [planes.view.y[0], planes.view.u[0], planes.view.v[0]].map { Int($0) }
    for (value, wanted) in zip(found, expected) { #expect(abs(value - wanted) <= 1, "\(found)") }

    let back = BGRXPicture(16, 16)
    PixelConversion.convert(planes.view, to: back.view)
    for (value, wanted) in zip(back[7, 7], pixel) { #expect(abs(Int(value) - Int(wanted)) <= 4) }
  }

  @Test("comes back close to the picture it started from, in odd sizes too", arguments: [(320, 192), (31, 17)])
  func roundTrip(width: Int, height: Int) {
    let picture = BGRXPicture(width, height)
    MovingScene(seed: 3).draw(frame: 0, into: picture.view)
    let planes = I420Picture(width, height)
    let back = BGRXPicture(width, height)
    PixelConversion.convert(picture.view, to: planes.view)
    PixelConversion.convert(planes.view, to: back.view)
    let (before, after) = (picture.colours, back.colours)
    #expect(peakSignalToNoise(before, after) > 30)

    let copy = I420Picture(width, height)
    PixelConversion.copy(planes.view, to: copy.view)
    #expect(copy.view.samples == planes.view.samples)
  }

  @Test("converts a part as it would convert the whole, and leaves the rest alone")
  func part() {
    let (old, new) = (BGRXPicture(64, 48), BGRXPicture(64, 48))
    MovingScene(seed: 4).draw(frame: 0, into: old.view)
    MovingScene(seed: 5).draw(frame: 0, into: new.view)
    let (target, before, after) = (I420Picture(64, 48), I420Picture(64, 48), I420Picture(64, 48))
    PixelConversion.convert(old.view, to: target.view)
    PixelConversion.convert(old.view, to: before.view)
    PixelConversion.convert(new.view, to: after.view)

    PixelConversion.convert(new.view, in: PixelRectangle(x: 11, y: 7, width: 21, height: 10), to: target.view)
    var mismatches: [String] = []
    for y in 0..<48 {
      for x in 0..<64 {
        // 11 and 7 move to 10 and 6, 32 and 17 to 32 and 18.
        let isInside = (10..<32).contains(x) && (6..<18).contains(y)
        let source = isInside ? after.view : before.view
        let luma = y * target.view.yStride + x
        let chroma = y / 2 * target.view.chromaStride + x / 2
        let isEqual =
          target.view.y[luma] == source.y[luma] && target.view.u[chroma] == source.u[chroma]
          && target.view.v[chroma] == source.v[chroma]
        if !isEqual { mismatches.append("\(x),\(y)") }
      }
    }
    #expect(mismatches.isEmpty)
  }

  @Test(
    "aligns a part to chroma and clips it to the picture",
    arguments: [
      (PixelRectangle(x: 3, y: 5, width: 1, height: 1), PixelRectangle(x: 2, y: 4, width: 2, height: 2)),
      (PixelRectangle(x: -5, y: -5, width: 9, height: 200), PixelRectangle(x: 0, y: 0, width: 4, height: 48)),
      (PixelRectangle(x: 62, y: 46, width: .max, height: .max), PixelRectangle(x: 62, y: 46, width: 2, height: 2)),
      (PixelRectangle(x: 64, y: 0, width: 5, height: 5), nil),
      (PixelRectangle(x: 4, y: 4, width: 0, height: 5), nil),
      (PixelRectangle(x: .min, y: 4, width: .min, height: 5), nil),
    ] as [(PixelRectangle, PixelRectangle?)]
  )
  func alignment(rectangle: PixelRectangle, expected: PixelRectangle?) {
    #expect(rectangle.alignedToChroma(within: PictureSize(width: 64, height: 48)) == expected)
  }

  @Test("scales without moving the picture", arguments: [ScalingFilter.bilinear, .box])
  func scaling(filter: ScalingFilter) {
    let large = BGRXPicture(320, 192)
    MovingScene(seed: 6).draw(frame: 0, into: large.view)
    let (small, back) = (BGRXPicture(160, 96), BGRXPicture(320, 192))
    PixelConversion.scale(large.view, to: small.view, filter: filter)
    PixelConversion.scale(small.view, to: back.view, filter: filter)
    #expect(peakSignalToNoise(large.colours, back.colours) > 30)

    let (planes, smallPlanes, scaled) = (I420Picture(320, 192), I420Picture(160, 96), I420Picture(160, 96))
    PixelConversion.convert(large.view, to: planes.view)
    PixelConversion.convert(small.view, to: smallPlanes.view)
    PixelConversion.scale(planes.view, to: scaled.view, filter: filter)
    #expect(peakSignalToNoise(smallPlanes.view.samples, scaled.view.samples) > 35)
  }
}

extension BGRXPicture {
  /// All colour bytes, without the unused ones.
  fileprivate var colours: [UInt8] {
    let view = self.view
    return (0..<view.size.height).flatMap { row in
      (0..<4 * view.size.width).compactMap { $0 % 4 == 3 ? nil : view.pixels[row * view.stride + $0] }
    }
  }
}
