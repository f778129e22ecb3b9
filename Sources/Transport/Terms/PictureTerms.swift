public import MediaUnits

/// How large the pictures of a stream are and how often they come.
public struct PictureTerms: Hashable, Sendable {
  public var size: PictureSize
  /// Frames per second, at least 1.
  public var frameRate: Int

  public init(size: PictureSize, frameRate: Int) {
    self.size = size
    self.frameRate = frameRate
  }

  /// Keeps this picture's shape and takes the most of it that `limit` allows.
  mutating func narrow(to limit: PictureTerms) {
    self.size = self.size.fitted(into: limit.size)
    self.frameRate = min(self.frameRate, limit.frameRate)
  }

  /// Luma samples a second.
  var sampleRate: Double { Double(self.size.width * self.size.height * self.frameRate) }
}

extension PictureSize {
  /// The largest size of this one's shape that fits into `box`, even in both dimensions and never larger than this one.
  ///
  /// Sizes that differ from `box` by less than a sample or two of rounding are `box` itself.
  func fitted(into box: PictureSize) -> PictureSize {
    let scale = min(1, Double(box.width) / Double(self.width), Double(box.height) / Double(self.height))
    let width = Self.even(Double(self.width) * scale)
    let height = Self.even(Double(self.height) * scale)
    let isBox = abs(width - box.width) <= 2 && abs(height - box.height) <= 2
    let fitsBox = box.width % 2 == 0 && box.height % 2 == 0 && box.width <= self.width && box.height <= self.height
    return isBox && fitsBox ? box : PictureSize(width: width, height: height)
  }

  /// This size, scaled and rounded to what 4:2:0 can express.
  func scaled(by factor: Double) -> PictureSize {
    PictureSize(width: Self.even(Double(self.width) * factor), height: Self.even(Double(self.height) * factor))
  }

  /// The even number nearest to `samples`, and at least 16, the least that a stream has.
  private static func even(_ samples: Double) -> Int {
    max(16, Int((samples / 2).rounded()) * 2)
  }
}
