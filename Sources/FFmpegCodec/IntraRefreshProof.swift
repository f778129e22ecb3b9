internal import MediaUnits

/// Tests by what it makes whether an encoder draws pictures anew part by part, and says where that begins.
///
/// An encoder may take the option and mark no recovery point, as NVIDIA's does through FFmpeg 5.1; then a player could
/// not know when its picture is whole.
public enum IntraRefreshProof {
  private static let size = PictureSize(width: 320, height: 192)
  private static let period = 8
  /// A picture that is whole again is the same to the bit; a part that never was drawn anew is dozens of steps off.
  private static let largestDifference = 0.5

  private struct Stream {
    /// Access units, padded as decoders need it.
    var frames: [[UInt8]] = []
    var keyframes: [Int] = []
    /// Frames with a recovery point, and how many frames later the picture is whole.
    var points: [(frame: Int, count: Int)] = []
  }

  /// Encodes a few small pictures of a scene that moves, and decodes them with some of them lost.
  ///
  /// - Returns: why the encoder cannot be asked for intra refresh, in one line for a person; `nil` if it can.
  public static func fault(of kind: EncoderKind) -> String? {
    do throws(FFmpegError) {
      let stream = try self.encode(kind)
      guard stream.keyframes == [0] else { return "it goes on making key frames beside intra refresh" }
      guard let point = stream.points.dropFirst().first, point.count < self.period,
        point.frame + point.count < stream.frames.count
      else { return "it does not say where intra refresh begins" }
      // The second wave, so that the picture is not the key frame's.
      let end = point.frame + point.count
      let sent = try self.picture(at: end, of: stream, without: 0..<0, codec: kind.codec)
      let recovered = try self.picture(at: end, of: stream, without: 2..<max(2, point.frame), codec: kind.codec)
      guard let whole = sent, let mended = recovered else { return "its pictures do not decode" }
      let difference = zip(whole, mended).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      guard Double(difference) / Double(whole.count) <= self.largestDifference else {
        return "a lost picture is not whole again after intra refresh"
      }
      return nil
    } catch {
      return error.description
    }
  }

  private static func encode(_ kind: EncoderKind) throws(FFmpegError) -> Stream {
    var encoder = try VideoEncoder(
      VideoEncoder.Configuration(
        size: self.size,
        frameRate: 60,
        bitrate: .megabits(4),
        kind: kind,
        refreshPeriod: self.period
      )
    )
    var stream = Stream()
    for index in 0..<4 * self.period {
      encoder.withInput { picture in
        for row in 0..<picture.size.height {
          for column in 0..<picture.size.width {
            // Waves that move, and at another speed in each band.
            let place = (column + index * (1 + row / 32)) % 128
            picture.y[row * picture.yStride + column] = UInt8(48 + (place < 64 ? place : 128 - place) + row / 4)
          }
        }
      }
      try encoder.encode(isKeyframe: index == 0, pts: Int64(index)) { packet in
        if packet.isKeyframe { stream.keyframes.append(index) }
        if let count = packet.recoveryFrameCount { stream.points.append((index, count)) }
        var bytes = packet.bytes.withUnsafeBytes { Array($0) }
        bytes.append(contentsOf: repeatElement(0, count: VideoDecoder.inputPadding))
        stream.frames.append(bytes)
      }
    }
    return stream
  }

  /// The luma of frame number `end`, decoded after all before it but `lost`.
  private static func picture(
    at end: Int,
    of stream: Stream,
    without lost: Range<Int>,
    codec: VideoCodec
  ) throws(FFmpegError) -> [UInt8]? {
    var decoder = try VideoDecoder(codec: codec, threads: 1)
    var luma: [UInt8]?
    for index in 0...end where !lost.contains(index) {
      luma = nil
      if index == lost.upperBound { decoder.restart() }
      let frame = stream.frames[index]
      _ = try frame.span.bytes.withUnsafeBytes { buffer throws(FFmpegError) in
        let bytes = UnsafeRawBufferPointer(rebasing: buffer.dropLast(VideoDecoder.inputPadding))
        return try decoder.decode(bytes, pts: 0) { picture in
          let planes = picture.planes
          luma = (0..<planes.size.height).flatMap { row in
            Array(UnsafeBufferPointer(start: planes.y + row * planes.yStride, count: planes.size.width))
          }
        }
      }
    }
    return luma
  }
}
