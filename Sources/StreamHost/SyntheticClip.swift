public import FFmpegCodec
public import MediaUnits

/// A few seconds of encoded pictures, at several rates, of which each can follow the last as its first.
public struct SyntheticClip: Sendable {
  /// The clip at one rate.
  struct Rung: Sendable {
    /// What the encoder was asked for.
    let bitrate: Bitrate
    /// Access units in Annex B form; the first alone is a key frame.
    let frames: [[UInt8]]

    /// What the frames take in fact.
    func measuredBitrate(frameRate: Int) -> Bitrate {
      let byteCount = self.frames.reduce(0) { $0 + $1.count }
      return Bitrate(bitsPerSecond: Int64(byteCount * 8 * frameRate / max(1, self.frames.count)))
    }
  }

  /// How long a clip is before it starts over with its key frame.
  static let duration: Duration = .seconds(2)
  /// Megabits a second; those above what a host allows are left out.
  private static let megabits = [1.0, 2.5, 5, 10, 20, 40]

  public let picture: SyntheticPicture
  /// By rising rate, at least one.
  let rungs: [Rung]

  /// Encodes a scene that no encoder finds easy: half of it scrolls, and half of it is new in every picture.
  ///
  /// - Parameters:
  ///   - maximumBitrate: of any session; there is always one rate at or below it.
  ///   - encoder: proven by encoding.
  /// - Throws: ``FFmpegError`` if the encoder does not do this size.
  public init(_ picture: SyntheticPicture, maximumBitrate: Bitrate, encoder: EncoderKind) throws(FFmpegError) {
    var bitrates = Self.megabits.map(Bitrate.megabits).filter { $0 < maximumBitrate }
    if bitrates.count < Self.megabits.count { bitrates.append(maximumBitrate) }
    self.picture = picture
    var rungs: [Rung] = []
    for bitrate in bitrates {
      rungs.append(try Self.encode(picture, bitrate: bitrate, encoder: encoder))
    }
    self.rungs = rungs
  }

  /// The rates, for people.
  public var summary: String {
    let rates = self.rungs.map { rung in
      let megabits = rung.measuredBitrate(frameRate: self.picture.frameRate).megabits
      return "\((megabits * 10).rounded() / 10)"
    }
    return "\(self.picture.size) at \(self.picture.frameRate) fps, in \(rates.joined(separator: ", ")) Mbit/s"
  }

  /// The highest rate that a session of `limit` may have; the lowest where all are above.
  func rung(for limit: Bitrate) -> Rung {
    self.rungs.last { $0.bitrate <= limit } ?? self.rungs[0]
  }

  private static func encode(
    _ picture: SyntheticPicture,
    bitrate: Bitrate,
    encoder kind: EncoderKind
  ) throws(FFmpegError) -> Rung {
    var encoder = try VideoEncoder(
      VideoEncoder.Configuration(size: picture.size, frameRate: picture.frameRate, bitrate: bitrate, kind: kind)
    )
    let count = max(2, Int(Self.duration.inSeconds) * picture.frameRate)
    var scene = SyntheticScene(size: picture.size)
    var frames: [[UInt8]] = []
    for index in 0..<count {
      encoder.withInput { scene.draw(into: $0) }
      try encoder.encode(isKeyframe: index == 0, pts: Int64(index)) { packet in
        packet.bytes.withUnsafeBytes { frames.append(Array($0)) }
      }
    }
    return Rung(bitrate: bitrate, frames: frames)
  }
}
