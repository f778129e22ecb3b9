import FFmpegCodec
import MediaUnits
import PixelConversion
import Testing

@Suite("Video encoder", .timeLimit(.minutes(1)))
struct VideoEncoderTests {
  @Test("makes one packet of every frame at once, and key frames only where they are asked for, even at scene cuts")
  func oneInOneOut() throws {
    let keyframes: Set<Int> = [0, 37, 38, 90]
    var encoder = try SmallStream.encoder()
    let scenes = [MovingScene(seed: 1), MovingScene(seed: 2)]
    let picture = BGRXPicture(320, 192)
    var units: [AccessUnit] = []
    for frame in 0..<120 {
      scenes[frame / 20 % 2].draw(frame: frame, into: picture.view)
      try encoder.encode(picture, isKeyframe: keyframes.contains(frame), pts: Int64(1000 * frame), to: &units)
      #expect(units.count == frame + 1)
    }
    #expect(units.map(\.pts) == (0..<120).map { Int64(1000 * $0) })
    #expect(Set(units.indices.filter { units[$0].isKeyframe }) == keyframes)
    for (index, unit) in units.enumerated() {
      // SPS, PPS and two slices; the first one of all also says which encoder it was.
      let expected: [UInt8] = keyframes.contains(index) ? [7, 8, 5, 5] : [1, 1]
      #expect(unit.unitTypes.filter { $0 != 6 } == expected, "frame \(index)")
      #expect(unit.unitTypes.contains(6) == (index == 0), "frame \(index)")
    }
  }

  @Test("keeps every frame within its budget once it has settled, key frames and scene cuts included")
  func budget() throws {
    var encoder = try SmallStream.encoder()
    let scenes = [MovingScene(seed: 1), MovingScene(seed: 2)]
    let picture = BGRXPicture(320, 192)
    var units: [AccessUnit] = []
    for frame in 0..<120 {
      scenes[frame / 30 % 2].draw(frame: frame, into: picture.view)
      try encoder.encode(picture, isKeyframe: frame % 50 == 0, pts: Int64(frame), to: &units)
    }
    let budget = Double(SmallStream.bitrate.byteCount(perFrameAt: SmallStream.frameRate))
    let sizes = units.dropFirst(5).map { Double($0.bytes.count) / budget }
    #expect(sizes.max()! < 1.1)
    #expect(sizes.reduce(0, +) / Double(sizes.count) > 0.5, "the rate is there to be used")
  }

  @Test("fits the very next frame into a lower rate, and uses a higher one within three")
  func rateChange() throws {
    var encoder = try SmallStream.encoder()
    #expect(encoder.rateChange == .nextFrame)
    let scene = MovingScene(seed: 1)
    let picture = BGRXPicture(320, 192)
    var units: [AccessUnit] = []
    for frame in 0..<90 {
      scene.draw(frame: frame, into: picture.view)
      if frame == 30 { try encoder.setBitrate(.kilobits(250)) }
      if frame == 60 { try encoder.setBitrate(.megabits(2)) }
      try encoder.encode(picture, isKeyframe: frame == 0, pts: Int64(frame), to: &units)
    }
    let sizes = units.map { $0.bytes.count }
    #expect(sizes[30..<60].max()! < Bitrate.kilobits(250).byteCount(perFrameAt: 60) * 11 / 10)
    #expect(sizes[29] > 2 * sizes[30])
    #expect(sizes[63..<90].max()! < Bitrate.megabits(2).byteCount(perFrameAt: 60) * 11 / 10)
    #expect(sizes[63] > 2 * sizes[59])
    #expect(units.filter(\.isKeyframe).count == 1)
    #expect(encoder.configuration.bitrate == .megabits(2))
  }

  @Test("keeps the last picture in its input, so that a caller may write only what changed")
  func inputPersists() throws {
    var encoder = try SmallStream.encoder()
    let before = encoder.withInput { input in
      input.y[5] = 99
      return input.samples
    }
    for pts in 0..<3 {
      try encoder.encode(isKeyframe: pts == 0, pts: Int64(pts)) { _ in }
      let after = encoder.withInput { $0.samples }
      #expect(after == before)
    }
    #expect(before[0] == 16 && before[5] == 99 && before.last == 128)
  }

  @Test("marks its pictures as limited-range BT.601 that need no reordering")
  func streamParameters() throws {
    let unit = try SmallStream.encode(count: 1)[0]
    let profileAt = try #require(unit.bytes.indices.first { unit.bytes[$0] & 0x1F == 7 }) + 1
    #expect(unit.bytes[profileAt] == 66, "baseline")
    #expect(unit.bytes[profileAt + 1] & 0x40 != 0, "constrained")
  }
}

@Suite("Choice of an encoder", .timeLimit(.minutes(1)))
struct EncoderSelectionTests {
  private static let size = PictureSize(width: 640, height: 360)

  @Test("takes the first that works, and says why those before it do not")
  func preference() throws {
    let selection = try EncoderSelection.choose(size: Self.size, frameRate: 60, bitrate: .megabits(5))
    let position = try #require(EncoderKind.all(of: .h264).firstIndex(of: selection.kind))
    #expect(selection.refusals.map(\.kind) == Array(EncoderKind.all(of: .h264)[..<position]))
    for refusal in selection.refusals {
      #expect(!refusal.reason.isEmpty)
      #expect(!refusal.reason.contains("\n"))
    }
  }

  @Test("never falls back silently from one that was named", arguments: EncoderKind.allCases)
  func named(kind: EncoderKind) throws {
    do throws(EncoderUnavailable) {
      let selection = try EncoderSelection.choose(
        named: kind,
        size: Self.size,
        frameRate: 60,
        bitrate: .megabits(5)
      )
      #expect(selection.kind == kind)
      #expect(selection.refusals.isEmpty)
    } catch {
      #expect(kind != .x264 && kind != .x265)
      #expect(error.refusals.map(\.kind) == [kind])
      #expect(error.description.hasPrefix("no usable encoder: \(kind.rawValue): "))
      #expect(!error.description.contains("\n"))
    }
  }

  @Test("proves every size that a stream may have, at a rate that starves it")
  func starved() throws {
    let selection = try EncoderSelection.choose(
      named: .x264,
      size: PictureSize(width: 1280, height: 720),
      frameRate: 60,
      bitrate: .kilobits(500)
    )
    #expect(selection.kind == .x264)
  }
}
