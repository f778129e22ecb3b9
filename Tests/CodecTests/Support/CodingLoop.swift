import FFmpegCodec
import MediaUnits
import PixelConversion

/// One encoded access unit, with room behind it as decoders need.
struct AccessUnit {
  var bytes: [UInt8]
  var isKeyframe: Bool
  var pts: Int64

  /// Calls `body` with the access unit itself; the padding lies behind its end.
  func withBytes<Value, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let padded = self.bytes + [UInt8](repeating: 0, count: VideoDecoder.inputPadding)
    return try padded.span.bytes.withUnsafeBytes { buffer throws(Failure) in
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<self.bytes.count]))
    }
  }

  /// The types of its NAL units, in order.
  ///
  /// - Spec: H.264 table 7-1.
  var unitTypes: [UInt8] {
    self.bytes.indices.dropFirst(3).compactMap { index in
      self.bytes[index - 3..<index].elementsEqual([0, 0, 1]) ? self.bytes[index] & 0x1F : nil
    }
  }
}

/// A small stream for the tests: 320 × 192 at 60 frames a second and 1 Mbit/s.
enum SmallStream {
  static let size = PictureSize(width: 320, height: 192)
  static let frameRate = 60
  static let bitrate = Bitrate.megabits(1)

  static func encoder(
    size: PictureSize = Self.size,
    bitrate: Bitrate = Self.bitrate,
    kind: EncoderKind = .x264
  ) throws(FFmpegError) -> VideoEncoder {
    try VideoEncoder(
      VideoEncoder.Configuration(size: size, frameRate: Self.frameRate, bitrate: bitrate, kind: kind)
    )
  }

  /// A stream of `count` frames with key frames at `keyframes`.
  static func encode(
    count: Int,
    keyframes: Set<Int> = [0],
    size: PictureSize = Self.size,
    bitrate: Bitrate = Self.bitrate,
    kind: EncoderKind = .x264
  ) throws(FFmpegError) -> [AccessUnit] {
    var encoder = try self.encoder(size: size, bitrate: bitrate, kind: kind)
    let scene = MovingScene(seed: 1)
    let picture = BGRXPicture(size.width, size.height)
    var units: [AccessUnit] = []
    for frame in 0..<count {
      scene.draw(frame: frame, into: picture.view)
      try encoder.encode(picture, isKeyframe: keyframes.contains(frame), pts: Int64(frame), to: &units)
    }
    return units
  }
}

extension VideoEncoder {
  /// Encodes a picture and appends what comes out.
  mutating func encode(
    _ picture: BGRXPicture,
    isKeyframe: Bool,
    pts: Int64,
    to units: inout [AccessUnit]
  ) throws(FFmpegError) {
    self.withInput { PixelConversion.convert(picture.view, to: $0) }
    try self.encode(isKeyframe: isKeyframe, pts: pts) { packet in
      let bytes = packet.bytes.withUnsafeBytes { Array($0) }
      units.append(AccessUnit(bytes: bytes, isKeyframe: packet.isKeyframe, pts: packet.pts))
    }
  }
}
