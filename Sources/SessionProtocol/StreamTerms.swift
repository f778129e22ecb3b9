public import MediaUnits
internal import Octets

/// What picture and sound a session has: asked for in a request, settled in a grant.
///
/// - Spec: Protocol/session.md §4.
public struct StreamTerms: Hashable, Sendable {
  /// Frames per second that the protocol allows.
  public static let frameRates = 1...240

  static let byteCount = 12
  /// Beside the codec.
  private static let refreshBit: UInt8 = 0x80
  /// A wave of fewer frames would make each of them nearly a key frame.
  private static let leastRefreshPeriod = 8

  /// Each dimension is 1 ... 65535; which pictures are streamable is the host's decision.
  public let picture: PictureSize
  /// Frames per second, 1 ... 240.
  public let frameRate: Int
  /// Of everything that the host sends. Whole kbit/s, at most 2^32 - 1 of them.
  public let maximumBitrate: Bitrate
  /// 5 ms or 10 ms; `nil` for no sound.
  public let audioPacketDuration: Duration?
  /// How the picture is compressed. A codec that a reader does not know is read as H.264, as readers did that knew no
  /// other; what is streamed says by itself what it is.
  public let codec: VideoCodec
  /// Whether the picture is drawn anew part by part, all the time, so that losses need no key frame.
  ///
  /// - Spec: Protocol/media.md §5.2.
  public let hasIntraRefresh: Bool

  public init(
    picture: PictureSize,
    frameRate: Int,
    maximumBitrate: Bitrate,
    audioPacketDuration: Duration?,
    codec: VideoCodec = .h264,
    hasIntraRefresh: Bool = false
  ) {
    precondition(picture.width <= 0xFFFF && picture.height <= 0xFFFF, "a picture has at most 65,535 rows and columns")
    precondition(Self.frameRates.contains(frameRate), "frame rates are 1 to 240 per second")
    precondition(maximumBitrate.bitsPerSecond / 1000 <= Int64(UInt32.max), "a bitrate has at most 2^32 - 1 kbit/s")
    precondition(
      audioPacketDuration.map { $0 == .milliseconds(5) || $0 == .milliseconds(10) } ?? true,
      "an audio packet has 5 ms or 10 ms"
    )
    self.picture = picture
    self.frameRate = frameRate
    self.maximumBitrate = .kilobits(maximumBitrate.bitsPerSecond / 1000)
    self.audioPacketDuration = audioPacketDuration
    self.codec = codec
    self.hasIntraRefresh = hasIntraRefresh
  }

  /// Frames from the start of one wave to the start of the next, and in a wave at most; `nil` without intra refresh.
  public var refreshPeriod: Int? { self.hasIntraRefresh ? Self.refreshPeriod(frameRate: self.frameRate) : nil }

  /// ``refreshPeriod-property`` of any terms with intra refresh and this frame rate.
  public static func refreshPeriod(frameRate: Int) -> Int { max(Self.leastRefreshPeriod, (frameRate + 1) / 2) }

  /// Traps if 12 bytes from `offset` do not lie within the span.
  init(parsing bytes: RawSpan, at offset: Int) throws(SessionRecordError) {
    let width = Int(bytes.bigEndian(at: offset, as: UInt16.self))
    let height = Int(bytes.bigEndian(at: offset + 2, as: UInt16.self))
    guard width > 0, height > 0 else { throw .outOfRange(.picture) }
    let frameRate = Int(bytes.bigEndian(at: offset + 4, as: UInt16.self))
    guard Self.frameRates.contains(frameRate) else { throw .outOfRange(.frameRate) }
    let audio = bytes.bigEndian(at: offset + 10, as: UInt8.self)
    guard [0, 5, 10].contains(audio) else { throw .outOfRange(.audioPacketDuration) }
    self.picture = PictureSize(width: width, height: height)
    self.frameRate = frameRate
    self.maximumBitrate = .kilobits(Int64(bytes.bigEndian(at: offset + 6, as: UInt32.self)))
    self.audioPacketDuration = audio == 0 ? nil : .milliseconds(Int(audio))
    let compression: UInt8 = bytes.bigEndian(at: offset + 11)
    self.codec = VideoCodec(rawValue: compression & ~Self.refreshBit) ?? .h264
    self.hasIntraRefresh = compression & Self.refreshBit != 0
  }

  func serialize(into bytes: inout [UInt8]) {
    bytes.appendBigEndian(UInt16(self.picture.width))
    bytes.appendBigEndian(UInt16(self.picture.height))
    bytes.appendBigEndian(UInt16(self.frameRate))
    bytes.appendBigEndian(UInt32(self.maximumBitrate.bitsPerSecond / 1000))
    bytes.append(UInt8(self.audioPacketDuration.map { $0 / .milliseconds(1) } ?? 0))
    bytes.append(self.codec.rawValue | (self.hasIntraRefresh ? Self.refreshBit : 0))
  }
}
