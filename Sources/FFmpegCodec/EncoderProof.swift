internal import MediaUnits

/// Tests an encoder by what it makes, since a driver that opens may still produce green pictures.
enum EncoderProof {
  /// Encodes one picture of soft gradients, decodes it, and compares.
  ///
  /// - Returns: what is wrong with the result; `nil` if nothing is.
  /// - Throws: ``FFmpegError`` if the encoder does not open or encode, or its output does not decode.
  static func fault(of configuration: VideoEncoder.Configuration) throws(FFmpegError) -> String? {
    // A picture that starves looks as bad as a broken one: allow at least a tenth of a bit for each sample.
    var configuration = configuration
    let size = configuration.size
    let ample = Bitrate(bitsPerSecond: Int64(size.width * size.height * configuration.frameRate / 10))
    configuration.bitrate = max(configuration.bitrate, ample)
    var encoder = try VideoEncoder(configuration)
    encoder.withInput { self.paint($0) }
    var bytes: [UInt8] = []
    var isKeyframe = false
    try encoder.encode(isKeyframe: true, pts: 0) { packet in
      isKeyframe = packet.isKeyframe
      bytes = packet.bytes.withUnsafeBytes { Array($0) }
    }
    guard isKeyframe else { return "its first picture is not a key frame" }

    let byteCount = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: VideoDecoder.inputPadding))
    var decoder = try VideoDecoder(codec: configuration.kind.codec)
    var fault: String? = "its first picture does not decode at once"
    _ = try bytes.span.bytes.withUnsafeBytes { buffer throws(FFmpegError) in
      try decoder.decode(UnsafeRawBufferPointer(rebasing: buffer[..<byteCount]), pts: 0) { picture in
        fault = self.compare(picture.planes, size: size)
      }
    }
    return fault
  }

  /// Slow gradients, different in each plane, so that a swapped, shifted or empty plane shows at any bitrate.
  private static func expected(_ size: PictureSize, column: Int, row: Int) -> (y: UInt8, u: UInt8, v: UInt8) {
    let across = 128 * column / size.width
    let down = 64 * row / size.height
    return (UInt8(32 + across + down), UInt8(64 + across), UInt8(192 - across - down))
  }

  private static func paint(_ planes: I420View) {
    for row in 0..<planes.size.height {
      for column in 0..<planes.size.width {
        let sample = self.expected(planes.size, column: column, row: row)
        planes.y[row * planes.yStride + column] = sample.y
        if row % 2 == 0, column % 2 == 0 {
          planes.u[row / 2 * planes.chromaStride + column / 2] = sample.u
          planes.v[row / 2 * planes.chromaStride + column / 2] = sample.v
        }
      }
    }
  }

  private static func compare(_ planes: I420View, size: PictureSize) -> String? {
    guard planes.size == size else { return "its first picture decodes to \(planes.size) instead of \(size)" }
    var error = 0
    for row in stride(from: 0, to: size.height, by: 2) {
      for column in stride(from: 0, to: size.width, by: 2) {
        let sample = self.expected(size, column: column, row: row)
        let chroma = row / 2 * planes.chromaStride + column / 2
        error += abs(Int(planes.y[row * planes.yStride + column]) - Int(sample.y))
        error += abs(Int(planes.u[chroma]) - Int(sample.u)) + abs(Int(planes.v[chroma]) - Int(sample.v))
      }
    }
    let mean = Double(error) / Double(3 * (size.width / 2) * (size.height / 2))
    // A coarse encoder is a few steps off; a wrong plane is dozens.
    guard mean < 16 else { return "its first picture decodes \(Int(mean)) steps off" }
    return nil
  }
}
