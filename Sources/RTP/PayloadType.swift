public import MediaUnits

/// What the payload of an RTP packet is, as the session profile assigns it.
///
/// - Spec: RFC 3550 §5.1, Protocol/media.md §2.
public struct PayloadType: Hashable, Sendable {
  /// 0 ... 127.
  public var rawValue: UInt8

  /// - Parameter rawValue: 0 ... 127.
  @inlinable
  public init(rawValue: UInt8) {
    precondition(rawValue < 128, "a payload type has seven bits")
    self.rawValue = rawValue
  }

  /// H.264, packetization mode 1.
  public static let video = PayloadType(rawValue: 96)
  /// Retransmission of ``video``.
  public static let videoRetransmission = PayloadType(rawValue: 97)
  /// Parity of ``video``.
  public static let videoParity = PayloadType(rawValue: 99)
  /// Input events of the player.
  public static let input = PayloadType(rawValue: 98)
  /// HEVC.
  public static let hevc = PayloadType(rawValue: 102)
  /// Retransmission of ``hevc``.
  public static let hevcRetransmission = PayloadType(rawValue: 103)
  /// Parity of ``hevc``.
  public static let hevcParity = PayloadType(rawValue: 104)
  /// Opus.
  public static let audio = PayloadType(rawValue: 111)
  /// Opus with copies of earlier packets.
  public static let redundantAudio = PayloadType(rawValue: 112)

  /// What carries pictures of a codec.
  @inlinable
  public static func video(_ codec: VideoCodec) -> PayloadType {
    switch codec {
    case .h264: .video
    case .hevc: .hevc
    }
  }

  /// What carries pictures of a codec when they are sent again.
  @inlinable
  public static func videoRetransmission(_ codec: VideoCodec) -> PayloadType {
    switch codec {
    case .h264: .videoRetransmission
    case .hevc: .hevcRetransmission
    }
  }

  /// What carries parity of a codec's pictures.
  @inlinable
  public static func videoParity(_ codec: VideoCodec) -> PayloadType {
    switch codec {
    case .h264: .videoParity
    case .hevc: .hevcParity
    }
  }

  /// The codec of the pictures that it carries, be it for the first time or again; `nil` if it carries none.
  @inlinable
  public var videoCodec: VideoCodec? {
    switch self {
    case .video, .videoRetransmission: .h264
    case .hevc, .hevcRetransmission: .hevc
    default: nil
    }
  }

  /// The codec of the pictures that it carries parity of; `nil` if it carries none.
  @inlinable
  public var parityCodec: VideoCodec? {
    switch self {
    case .videoParity: .h264
    case .hevcParity: .hevc
    default: nil
    }
  }

  /// Whether it carries what is sent again.
  @inlinable
  public var isRetransmission: Bool { self == .videoRetransmission || self == .hevcRetransmission }
}
