/// How the pictures of a stream are compressed.
public enum VideoCodec: UInt8, CaseIterable, Hashable, Sendable {
  /// H.264, also called AVC.
  ///
  /// - Spec: ITU-T H.264.
  case h264 = 0
  /// HEVC, also called H.265.
  ///
  /// - Spec: ITU-T H.265.
  case hevc = 1
}

extension VideoCodec: CustomStringConvertible {
  public var description: String {
    switch self {
    case .h264: "H.264"
    case .hevc: "HEVC"
    }
  }
}
