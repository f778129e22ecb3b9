/// What an encoder made of one frame. Valid only inside the closure that it is passed to.
public struct EncodedPacket: ~Copyable, ~Escapable {
  /// One access unit in Annex B byte-stream form, parameter sets included if it is a key frame.
  ///
  /// - Spec: H.264 Annex B.
  public let bytes: RawSpan
  /// Whether decoding can start here: an IDR picture.
  public let isKeyframe: Bool
  /// The label that its frame was given.
  public let pts: Int64

  @_lifetime(copy bytes)
  init(bytes: RawSpan, isKeyframe: Bool, pts: Int64) {
    self.bytes = bytes
    self.isKeyframe = isKeyframe
    self.pts = pts
  }
}
