import MediaUnits
import PixelConversion

/// Brings a captured picture into the size and layout that an encoder wants. Used by one thread.
final class PictureScaler {
  /// The captured picture in its own size, where the stream's is another.
  private var scratch: [UInt8] = []

  /// Converts `source`, and scales it where `target` has another size.
  ///
  /// Scaling down after the conversion costs less than half of doing so before it: there is less to read.
  func convert(_ source: BGRXView, to target: I420View) {
    guard source.size != target.size else {
      PixelConversion.convert(source, to: target)
      return
    }
    let (width, height) = (source.size.width, source.size.height)
    let (chromaWidth, chromaHeight) = ((width + 1) / 2, (height + 1) / 2)
    let byteCount = width * height + 2 * chromaWidth * chromaHeight
    if self.scratch.count != byteCount { self.scratch = [UInt8](repeating: 0, count: byteCount) }
    self.scratch.withUnsafeMutableBufferPointer { buffer in
      guard let y = buffer.baseAddress else { return }
      let own = I420View(
        size: source.size,
        y: y,
        u: y + width * height,
        v: y + width * height + chromaWidth * chromaHeight,
        yStride: width,
        chromaStride: chromaWidth
      )
      PixelConversion.convert(source, to: own)
      PixelConversion.scale(own, to: target)
    }
  }
}
