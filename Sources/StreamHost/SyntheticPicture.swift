public import MediaUnits

/// What a host without a game streams: pictures that are encoded once when it starts, and sent again and again.
///
/// With it, many seats cost what sending costs, and a load test finds out how many sessions the network side holds.
public struct SyntheticPicture: Hashable, Sendable {
  public var size: PictureSize
  /// Frames per second, 1 ... 240.
  public var frameRate: Int

  public init(size: PictureSize, frameRate: Int) {
    precondition((1...240).contains(frameRate), "a picture has 1 to 240 frames a second")
    self.size = size
    self.frameRate = frameRate
  }
}
