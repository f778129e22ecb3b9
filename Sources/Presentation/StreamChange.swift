public import MediaUnits

/// What is to change about a running stream; the rest stays as it is.
public struct StreamChange: Hashable, Sendable {
  public var size: PictureSize?
  /// Frames per second, 1 ... 240.
  public var frameRate: Int?
  public var codec: VideoCodec?
  /// The most that the host may send.
  public var bitrate: Bitrate?
  /// Whether losses are to be mended by drawing the picture anew part by part.
  public var hasIntraRefresh: Bool?

  public init(
    size: PictureSize? = nil,
    frameRate: Int? = nil,
    codec: VideoCodec? = nil,
    bitrate: Bitrate? = nil,
    hasIntraRefresh: Bool? = nil
  ) {
    self.size = size
    self.frameRate = frameRate
    self.codec = codec
    self.bitrate = bitrate
    self.hasIntraRefresh = hasIntraRefresh
  }

  /// How a change is written, for `--help`.
  public static let documentation =
    "WxH, @FPS, h264 or hevc, nM for n Mbit/s, and refresh or no-refresh, separated by commas"

  /// Reads parts separated by commas: `1280x720`, `@30`, both as `1280x720@30`, `h264`, `hevc`, `5M` for 5 Mbit/s, and
  /// `refresh` or `no-refresh` for intra refresh.
  ///
  /// - Returns: `nil` where a part is none of these, comes twice, or there is none.
  public init?(_ text: some StringProtocol) {
    self.init()
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard self.add(part) else { return nil }
    }
  }

  private mutating func add(_ part: some StringProtocol) -> Bool {
    if let codec = VideoCodec(name: String(part)) {
      guard self.codec == nil else { return false }
      self.codec = codec
      return true
    }
    if part == "refresh" || part == "no-refresh" {
      guard self.hasIntraRefresh == nil else { return false }
      self.hasIntraRefresh = part == "refresh"
      return true
    }
    if part.hasSuffix("M") {
      guard self.bitrate == nil, let megabits = Double(String(part.dropLast())), 0.1...500 ~= megabits else {
        return false
      }
      self.bitrate = .megabits(megabits)
      return true
    }
    let halves = part.split(separator: "@", omittingEmptySubsequences: false)
    guard halves.count <= 2, let first = halves.first, !part.isEmpty else { return false }
    if !first.isEmpty {
      guard self.size == nil, let size = PictureSize(text: String(first)), size.isStreamable else { return false }
      self.size = size
    }
    if halves.count == 2 {
      guard self.frameRate == nil, let rate = Int(String(halves[1])), 1...240 ~= rate else { return false }
      self.frameRate = rate
    }
    return true
  }
}

/// A change that is asked for by itself, some time after the first picture.
public struct PlannedChange: Hashable, Sendable {
  public var after: Duration
  public var change: StreamChange

  public init(after: Duration, change: StreamChange) {
    self.after = after
    self.change = change
  }

  /// Reads `SECONDS=CHANGE`, such as `5=1280x720@30,hevc`.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let seconds = Double(String(parts[0])), 0...1e6 ~= seconds,
      let change = StreamChange(parts[1])
    else { return nil }
    self.init(after: .nanoseconds(Int64(seconds * 1e9)), change: change)
  }
}

extension VideoCodec {
  /// - Parameter name: `h264` or `hevc`.
  public init?(name: String) {
    switch name {
    case "h264": self = .h264
    case "hevc": self = .hevc
    default: return nil
    }
  }
}

extension PictureSize {
  /// Such as `1280x720`; `nil` for anything else.
  public init?(text: String) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]), width > 0, height > 0 else {
      return nil
    }
    self.init(width: width, height: height)
  }
}
