import FFmpegCodec
import MediaUnits
import PixelConversion
import Testing

@Suite("HEVC", .timeLimit(.minutes(1)), .enabled(if: SmallStream.hasHEVC, "libavcodec was built without libx265"))
struct HEVCTests {
  @Test("makes one packet of every frame at once, with key frames and parameter sets only where they are asked for")
  func oneInOneOut() throws {
    let keyframes: Set<Int> = [0, 37, 38]
    var encoder = try SmallStream.encoder(kind: .x265)
    let scenes = [MovingScene(seed: 1), MovingScene(seed: 2)]
    let picture = BGRXPicture(320, 192)
    var units: [AccessUnit] = []
    for frame in 0..<60 {
      scenes[frame / 20 % 2].draw(frame: frame, into: picture.view)
      try encoder.encode(picture, isKeyframe: keyframes.contains(frame), pts: Int64(1000 * frame), to: &units)
      #expect(units.count == frame + 1)
    }
    #expect(units.map(\.pts) == (0..<60).map { Int64(1000 * $0) })
    #expect(Set(units.indices.filter { units[$0].isKeyframe }) == keyframes)
    for (index, unit) in units.enumerated() {
      let types = unit.hevcUnitTypes.filter { $0 != 39 && $0 != 40 }
      // Video, sequence and picture parameter sets and an IDR picture; or a picture that refers to the one before.
      #expect(types.starts(with: keyframes.contains(index) ? [32, 33, 34] : [1]), "frame \(index): \(types)")
      #expect(types.dropFirst(3).allSatisfy { !keyframes.contains(index) || 19...20 ~= $0 })
    }
  }

  @Test("decodes at once, close to what was encoded", arguments: [1, 2])
  func decodes(threads: Int) throws {
    let units = try SmallStream.encode(count: 60, keyframes: [0, 40], bitrate: .megabits(3), kind: .x265)
    var decoder = try VideoDecoder(codec: .hevc, threads: threads)
    let scene = MovingScene(seed: 1)
    let picture = BGRXPicture(320, 192)
    let reference = I420Picture(320, 192)
    var quality: [Double] = []
    for unit in units {
      scene.draw(frame: Int(unit.pts), into: picture.view)
      PixelConversion.convert(picture.view, to: reference.view)
      let hasPicture = try unit.withBytes { bytes throws(FFmpegError) in
        try decoder.decode(bytes, pts: unit.pts) { picture in
          #expect(picture.pts == unit.pts)
          #expect(picture.isKeyframe == unit.isKeyframe)
          #expect(picture.size == SmallStream.size)
          quality.append(peakSignalToNoise(picture.planes.samples, reference.view.samples))
        }
      }
      #expect(hasPicture)
    }
    #expect(quality.count == units.count)
    #expect(quality.min()! > 26)
    #expect(quality.sorted()[quality.count / 2] > 34)
  }

  @Test("follows a change of size at a key frame")
  func sizeChange() throws {
    let other = PictureSize(width: 200, height: 160)
    let units =
      try SmallStream.encode(count: 3, kind: .x265) + SmallStream.encode(count: 3, size: other, kind: .x265)
    var decoder = try VideoDecoder(codec: .hevc)
    var sizes: [PictureSize] = []
    for unit in units {
      _ = try unit.withBytes { bytes throws(FFmpegError) in
        try decoder.decode(bytes, pts: unit.pts) { sizes.append($0.size) }
      }
    }
    #expect(sizes == Array(repeating: SmallStream.size, count: 3) + Array(repeating: other, count: 3))
  }

  @Test("keeps to the rate, however the scene changes")
  func budget() throws {
    var encoder = try SmallStream.encoder(kind: .x265)
    let scenes = [MovingScene(seed: 1), MovingScene(seed: 2)]
    let picture = BGRXPicture(320, 192)
    var units: [AccessUnit] = []
    for frame in 0..<120 {
      scenes[frame / 30 % 2].draw(frame: frame, into: picture.view)
      try encoder.encode(picture, isKeyframe: frame == 0, pts: Int64(frame), to: &units)
    }
    let seconds = 115.0 / 60
    let rate = Double(units.dropFirst(5).reduce(0) { $0 + $1.bytes.count }) * 8 / seconds
    #expect(rate < 1.15 * Double(SmallStream.bitrate.bitsPerSecond), "\(rate)")
  }

  @Test("is proven as H.264's encoders are, and recorded", arguments: ["mp4", "mkv"])
  func recorded(container: String) throws {
    let selection = try EncoderSelection.choose(
      codec: .hevc,
      size: SmallStream.size,
      frameRate: 60,
      bitrate: .megabits(2)
    )
    #expect(selection.kind.codec == .hevc)
    let directory = try TemporaryDirectory()
    let path = directory.path("session.\(container)")
    var recorder = try MediaRecorder(path: path, size: SmallStream.size, codec: .hevc, frameRate: 60, hasAudio: false)
    for unit in try SmallStream.encode(count: 30, kind: .x265) {
      let isWritten = try unit.withBytes { bytes throws(FFmpegError) in
        try recorder.writeVideo(bytes, isKeyframe: unit.isKeyframe, at: unit.pts * 1_000_000_000 / 60)
      }
      #expect(isWritten)
    }
    try recorder.finish()
    let file = try #require(MediaFile(path: path))
    #expect(file.tracks.map(\.codec) == ["hevc"])
    #expect(file.tracks[0].packetCount == 30)
    #expect(file.tracks[0].pictureCount == 30)
  }
}

@Suite("A frame rate that changes", .timeLimit(.minutes(1)))
struct FrameRateTests {
  @Test("halving it doubles what the next frame may take, without a key frame")
  func halved() throws {
    var encoder = try SmallStream.encoder(bitrate: .kilobits(250))
    let scene = MovingScene(seed: 1)
    let picture = BGRXPicture(320, 192)
    var units: [AccessUnit] = []
    for frame in 0..<90 {
      scene.draw(frame: frame, into: picture.view)
      if frame == 30 { try encoder.setRate(.kilobits(250), frameRate: 30) }
      if frame == 60 { try encoder.setRate(.kilobits(250), frameRate: 60) }
      try encoder.encode(picture, isKeyframe: frame == 0, pts: Int64(frame), to: &units)
    }
    let sizes = units.map { Double($0.bytes.count) }
    let budget = Double(Bitrate.kilobits(250).byteCount(perFrameAt: 60))
    #expect(sizes[10..<30].max()! < 1.1 * budget)
    #expect(sizes[40..<60].max()! < 2.2 * budget)
    #expect(sizes[40..<60].reduce(0, +) > 1.6 * sizes[10..<30].reduce(0, +))
    #expect(sizes[65..<90].max()! < 1.1 * budget)
    #expect(units.filter(\.isKeyframe).count == 1)
    #expect(encoder.configuration.frameRate == 60)
  }
}

extension SmallStream {
  static var hasHEVC: Bool { (try? self.encoder(kind: .x265)) != nil }
}

extension AccessUnit {
  /// The types of its NAL units, in order.
  ///
  /// - Spec: H.265 table 7-1.
  var hevcUnitTypes: [UInt8] {
    self.bytes.indices.dropFirst(3).compactMap { index in
      self.bytes[index - 3..<index].elementsEqual([0, 0, 1]) ? self.bytes[index] >> 1 & 0x3F : nil
    }
  }
}
