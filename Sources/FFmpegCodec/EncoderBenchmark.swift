internal import CFFmpeg
public import MediaUnits

/// How fast an encoder is on this machine, measured on a scrolling texture.
public enum EncoderBenchmark {
  /// libavcodec's version, such as `59.37.100`.
  public static var libraryVersion: String {
    let version = avcodec_version()
    return "\(version >> 16).\(version >> 8 & 0xFF).\(version & 0xFF)"
  }

  /// Encodes pictures as fast as they come, each filled first as a conversion would fill it.
  ///
  /// - Parameters:
  ///   - kind: an encoder that ``EncoderSelection`` has proven.
  ///   - size: even in both dimensions.
  ///   - bitrate: at least 1 kbit/s.
  ///   - limit: how long to measure; at least three pictures are encoded.
  ///   - now: the present, in any unit of whole nanoseconds that only rises.
  /// - Returns: pictures a second.
  /// - Throws: ``FFmpegError`` if the encoder does not do this size.
  public static func framesPerSecond(
    of kind: EncoderKind,
    size: PictureSize,
    bitrate: Bitrate,
    limit: Duration,
    now: () -> Instant
  ) throws(FFmpegError) -> Double {
    var encoder = try VideoEncoder(
      VideoEncoder.Configuration(size: size, frameRate: 60, bitrate: bitrate, kind: kind)
    )
    let texture = Self.texture(byteCount: size.width * size.height + Self.longestScroll)
    // The first picture finds no memory in place and is a keyframe; a second has few of either.
    var count = 0
    var start = now()
    while true {
      let scroll = 4 * count % Self.longestScroll
      encoder.withInput { Self.fill($0, from: texture, scroll: scroll) }
      try encoder.encode(isKeyframe: count == 0, pts: Int64(count)) { _ in }
      count += 1
      if count == 1 { start = now() }
      let elapsed = now() - start
      if count > 3, elapsed >= limit { return Double(count - 1) / elapsed.inSeconds }
    }
  }

  private static let longestScroll = 4096

  /// Soft waves with some grain, as a game's picture has.
  private static func texture(byteCount: Int) -> [UInt8] {
    var random = SplitMix64(seed: 1)
    var noise: UInt64 = 0
    return (0..<byteCount).map { index in
      if index % 16 == 0 { noise = random.next() }
      let grain = UInt8(truncatingIfNeeded: noise >> UInt64(index % 16 * 4)) & 0xF
      let wave = UInt8(truncatingIfNeeded: abs(index / 3 % 256 - 128))
      return 32 + wave + grain
    }
  }

  private static func fill(_ picture: I420View, from texture: [UInt8], scroll: Int) {
    texture.withUnsafeBufferPointer { texture in
      guard let base = texture.baseAddress else { return }
      let (width, height) = (picture.size.width, picture.size.height)
      for row in 0..<height {
        (picture.y + row * picture.yStride).update(from: base + row * width + scroll, count: width)
      }
      for row in 0..<height / 2 {
        (picture.u + row * picture.chromaStride).update(from: base + row * width / 2 + scroll, count: width / 2)
        (picture.v + row * picture.chromaStride).update(from: base + row * width / 2 + scroll / 2, count: width / 2)
      }
    }
  }
}
