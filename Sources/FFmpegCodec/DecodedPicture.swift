public import MediaUnits

/// One decoded picture. Valid only inside the closure that it is passed to.
public struct DecodedPicture: ~Copyable {
  /// The planes, which the decoder keeps as a reference: read, never write.
  public let planes: I420View
  /// Whether it came from an IDR picture.
  public let isKeyframe: Bool
  /// The label that its access unit was given.
  public let pts: Int64

  init(planes: I420View, isKeyframe: Bool, pts: Int64) {
    self.planes = planes
    self.isKeyframe = isKeyframe
    self.pts = pts
  }

  /// Visible luma samples; may change at any key frame.
  public var size: PictureSize { self.planes.size }
}
