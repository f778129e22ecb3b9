import Glibc
import MediaUnits

/// Owns the memory of a 32-bit picture.
final class BGRXPicture {
  let view: BGRXView

  init(_ width: Int, _ height: Int) {
    let pixels = UnsafeMutablePointer<UInt8>.allocate(capacity: 4 * width * height)
    pixels.initialize(repeating: 0, count: 4 * width * height)
    self.view = BGRXView(size: PictureSize(width: width, height: height), pixels: pixels, stride: 4 * width)
  }

  deinit {
    self.view.pixels.deallocate()
  }

  /// The three colour bytes of one pixel.
  subscript(x: Int, y: Int) -> [UInt8] {
    get { (0..<3).map { self.view.pixels[y * self.view.stride + 4 * x + $0] } }
    set { for index in 0..<3 { self.view.pixels[y * self.view.stride + 4 * x + index] = newValue[index] } }
  }
}

/// Owns the memory of a 4:2:0 picture, its rows padded so that a confusion of width and stride shows.
final class I420Picture {
  let view: I420View
  private let memory: UnsafeMutablePointer<UInt8>

  init(_ width: Int, _ height: Int) {
    let (yStride, chromaStride) = (width + 24, (width + 1) / 2 + 8)
    let chromaRows = (height + 1) / 2
    let count = yStride * height + 2 * chromaStride * chromaRows
    self.memory = .allocate(capacity: count)
    self.memory.initialize(repeating: 77, count: count)
    let u = self.memory + yStride * height
    self.view = I420View(
      size: PictureSize(width: width, height: height),
      y: self.memory,
      u: u,
      v: u + chromaStride * chromaRows,
      yStride: yStride,
      chromaStride: chromaStride
    )
  }

  deinit {
    self.memory.deallocate()
  }
}

extension I420View {
  /// The visible samples of all three planes, without padding.
  var samples: [UInt8] {
    let (width, height) = (self.size.width, self.size.height)
    var all: [UInt8] = []
    for row in 0..<height { all += UnsafeBufferPointer(start: self.y + row * self.yStride, count: width) }
    for plane in [self.u, self.v] {
      for row in 0..<(height + 1) / 2 {
        all += UnsafeBufferPointer(start: plane + row * self.chromaStride, count: (width + 1) / 2)
      }
    }
    return all
  }
}

/// Peak signal-to-noise ratio in decibels; 100 for equal pictures.
func peakSignalToNoise(_ first: [UInt8], _ second: [UInt8]) -> Double {
  precondition(first.count == second.count && !first.isEmpty, "only equally large pictures compare")
  var error = 0
  for index in first.indices {
    let difference = Int(first[index]) - Int(second[index])
    error += difference * difference
  }
  return error == 0 ? 100 : 10 * log10(255 * 255 * Double(first.count) / Double(error))
}
