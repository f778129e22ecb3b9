/// What an encoder made of one frame. Valid only inside the closure that it is passed to.
public struct EncodedPacket: ~Copyable, ~Escapable {
  /// One access unit in Annex B byte-stream form, parameter sets included if it is a key frame.
  ///
  /// - Spec: H.264 Annex B.
  public let bytes: RawSpan
  /// Whether decoding can start here: an IDR picture.
  public let isKeyframe: Bool
  /// Where the picture begins to be drawn anew part by part: how many frames later all of it has been.
  public let recoveryFrameCount: Int?
  /// The label that its frame was given.
  public let pts: Int64

  @_lifetime(copy bytes)
  init(bytes: RawSpan, isKeyframe: Bool, recoveryFrameCount: Int?, pts: Int64) {
    self.bytes = bytes
    self.isKeyframe = isKeyframe
    self.recoveryFrameCount = recoveryFrameCount
    self.pts = pts
  }
}
