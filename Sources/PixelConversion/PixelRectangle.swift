public import MediaUnits

/// A part of a picture, in luma samples from its top left corner. It may lie outside the picture.
public struct PixelRectangle: Hashable, Sendable {
  public var x: Int
  public var y: Int
  /// Samples; a rectangle of no or negative width is empty.
  public var width: Int
  /// Rows; a rectangle of no or negative height is empty.
  public var height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The smallest rectangle with an even origin that covers this one within a picture of `size`, and that ends on an
  /// even column and row or at the picture's edge: what 4:2:0 chroma can express. `nil` if nothing is left.
  public func alignedToChroma(within size: PictureSize) -> PixelRectangle? {
    let left = max(self.x, 0) & ~1
    let top = max(self.y, 0) & ~1
    let right = min(self.x.saturatingSum(self.width), size.width)
    let bottom = min(self.y.saturatingSum(self.height), size.height)
    guard self.width > 0, self.height > 0, left < right, top < bottom else { return nil }
    let width = min((right + 1) & ~1, size.width) - left
    let height = min((bottom + 1) & ~1, size.height) - top
    return PixelRectangle(x: left, y: top, width: width, height: height)
  }
}

extension Int {
  fileprivate func saturatingSum(_ other: Int) -> Int {
    let (sum, overflow) = self.addingReportingOverflow(other)
    guard overflow else { return sum }
    return other > 0 ? .max : .min
  }
}
