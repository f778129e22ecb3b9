/// A picture's dimensions in luma samples.
public struct PictureSize: Hashable, Sendable {
  /// Samples per row, at least 1; even where a codec is involved.
  public var width: Int
  /// Rows, at least 1; even where a codec is involved.
  public var height: Int

  @inlinable
  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "a picture has at least one sample")
    self.width = width
    self.height = height
  }

  /// Whether both dimensions are even and lie within 16 × 16 and 3840 × 2160 (in either orientation).
  public var isStreamable: Bool {
    self.width % 2 == 0 && self.height % 2 == 0 && min(self.width, self.height) >= 16
      && max(self.width, self.height) <= 3840 && min(self.width, self.height) <= 2160
  }
}

extension PictureSize: CustomStringConvertible {
  public var description: String { "\(self.width)x\(self.height)" }
}
