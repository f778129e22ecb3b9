/// A borrowed 4:2:0 picture: three planes that somebody else owns.
///
/// Chroma planes have `(width + 1) / 2` by `(height + 1) / 2` samples. BT.601, limited range.
/// Valid only as long as its owner says, which is at most the closure that it was handed to.
@unsafe
public struct I420View {
  public var size: PictureSize
  public var y: UnsafeMutablePointer<UInt8>
  public var u: UnsafeMutablePointer<UInt8>
  public var v: UnsafeMutablePointer<UInt8>
  /// Bytes from one luma row to the next, at least `size.width`.
  public var yStride: Int
  /// Bytes from one row to the next in either chroma plane, at least `(size.width + 1) / 2`.
  public var chromaStride: Int

  public init(
    size: PictureSize,
    y: UnsafeMutablePointer<UInt8>,
    u: UnsafeMutablePointer<UInt8>,
    v: UnsafeMutablePointer<UInt8>,
    yStride: Int,
    chromaStride: Int
  ) {
    unsafe self.size = size
    unsafe self.y = y
    unsafe self.u = u
    unsafe self.v = v
    unsafe self.yStride = yStride
    unsafe self.chromaStride = chromaStride
  }
}

/// A borrowed picture of 32-bit pixels, in memory order blue, green, red, unused: what an X server of depth 24 holds.
@unsafe
public struct BGRXView {
  public var size: PictureSize
  public var pixels: UnsafeMutablePointer<UInt8>
  /// Bytes from one row to the next, at least `4 * size.width`.
  public var stride: Int

  public init(size: PictureSize, pixels: UnsafeMutablePointer<UInt8>, stride: Int) {
    unsafe self.size = size
    unsafe self.pixels = pixels
    unsafe self.stride = stride
  }
}
