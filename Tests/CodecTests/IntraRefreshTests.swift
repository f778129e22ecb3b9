import FFmpegCodec
import MediaUnits
import PixelConversion
import Testing

@Suite("Intra refresh", .timeLimit(.minutes(1)))
struct IntraRefreshTests {
  private struct Stream {
    var units: [AccessUnit] = []
    /// Frames with a recovery point, and how many frames later the picture is whole.
    var points: [Int: Int] = [:]
  }

  /// - Parameter speed: how often faster than usual the scene moves.
  private static func encode(
    count: Int,
    keyframes: Set<Int> = [0],
    speed: Int = 1,
    period: Int = 30
  ) throws(FFmpegError) -> Stream {
    var encoder = try VideoEncoder(
      VideoEncoder.Configuration(
        size: SmallStream.size,
        frameRate: SmallStream.frameRate,
        bitrate: .megabits(2),
        kind: .x264,
        refreshPeriod: period
      )
    )
    let scene = MovingScene(seed: 1)
    let picture = BGRXPicture(SmallStream.size.width, SmallStream.size.height)
    var stream = Stream()
    for frame in 0..<count {
      scene.draw(frame: speed * frame, into: picture.view)
      encoder.withInput { PixelConversion.convert(picture.view, to: $0) }
      try encoder.encode(isKeyframe: keyframes.contains(frame), pts: Int64(frame)) { packet in
        let bytes = packet.bytes.withUnsafeBytes { Array($0) }
        stream.units.append(AccessUnit(bytes: bytes, isKeyframe: packet.isKeyframe, pts: packet.pts))
        stream.points[frame] = packet.recoveryFrameCount
      }
    }
    return stream
  }

  /// The pictures that come of a stream's frames, by number; some of those are lost.
  private static func decode(
    _ stream: Stream,
    losing lost: [Range<Int>] = [],
    threads: Int = 2
  ) throws -> [Int: [UInt8]] {
    var decoder = try VideoDecoder(threads: threads)
    var pictures: [Int: [UInt8]] = [:]
    for (index, unit) in stream.units.enumerated() where !lost.contains(where: { $0.contains(index) }) {
      if lost.contains(where: { $0.upperBound == index }) { decoder.restart() }
      _ = try unit.withBytes { bytes throws(FFmpegError) in
        try decoder.decode(bytes, pts: unit.pts) { pictures[Int($0.pts)] = $0.planes.samples }
      }
    }
    return pictures
  }

  @Test("waves begin a period apart, and key frames come only where they are asked for")
  func waves() throws {
    let stream = try Self.encode(count: 150, keyframes: [0, 70])
    #expect(stream.units.indices.filter { stream.units[$0].isKeyframe } == [0, 70])
    for (index, unit) in stream.units.enumerated() {
      let isKeyframe = index == 0 || index == 70
      #expect(unit.unitTypes.contains(5) == isKeyframe, "frame \(index)")
      #expect(unit.unitTypes.contains(1) != isKeyframe, "frame \(index)")
    }
    // A key frame is as good as a wave, so that the next begins a period later.
    #expect(stream.points.keys.sorted() == [30, 60, 100, 130])
    #expect(stream.points.values.allSatisfy { 0..<30 ~= $0 })
  }

  @Test(
    "after a loss the picture is what it would have been, from the end of the next wave on",
    arguments: [1, 4, 29],
    [1, 8]
  )
  func recovers(lostCount: Int, speed: Int) throws {
    let stream = try Self.encode(count: 130, speed: speed)
    let start = 90
    let end = start + (try #require(stream.points[start]))
    let whole = try Self.decode(stream)
    #expect(whole.count == 130)
    // The player gives nothing to its decoder before the wave, once something is lost for good.
    let lost = start - lostCount..<start
    for threads in [1, 2] {
      let damaged = try Self.decode(stream, losing: [lost], threads: threads)
      #expect(damaged.keys.filter { $0 >= start }.sorted() == Array(start..<130))
      #expect(peakSignalToNoise(damaged[start]!, whole[start]!) < 40, "the loss would not have been seen")
      for index in end..<130 {
        let picture = try #require(damaged[index], "frame \(index)")
        let quality = peakSignalToNoise(picture, whole[index]!)
        #expect(quality == 100, "frame \(index), \(end) is whole: \(quality) dB")
      }
    }
  }

  @Test("the numbers of frames may wrap at any place of a loss and of a wave", arguments: [8, 12, 30])
  func numbers(period: Int) throws {
    let stream = try Self.encode(count: 6 * period, period: period)
    let whole = try Self.decode(stream)
    for start in stride(from: period, through: 4 * period, by: period) {
      let end = start + (try #require(stream.points[start]))
      let damaged = try Self.decode(stream, losing: [1..<start])
      #expect((end..<6 * period).allSatisfy { damaged[$0] != nil && damaged[$0] == whole[$0] }, "from \(start)")
    }
  }

  @Test("a picture is whole after a second loss in the middle of a wave, from the end of the one after that on")
  func brokenWave() throws {
    let stream = try Self.encode(count: 130)
    let whole = try Self.decode(stream)
    let damaged = try Self.decode(stream, losing: [25..<30, 40..<60])
    let end = 60 + (try #require(stream.points[60]))
    #expect((end..<130).allSatisfy { damaged[$0] != nil && damaged[$0] == whole[$0] })
  }

  @Test("needs no frame that is much larger than the others")
  func evenSizes() throws {
    let stream = try Self.encode(count: 64)
    // A whole wave; with frame 64 the scene jumps.
    let sizes = stream.units[30..<64].map { Double($0.bytes.count) }
    let mean = sizes.reduce(0, +) / Double(sizes.count)
    #expect(sizes.max()! < 2 * mean, "\(sizes.max()!) of \(mean)")
  }

  @Test("is proven by trying, and refused by encoders that have none", arguments: EncoderKind.allCases)
  func proof(kind: EncoderKind) throws {
    let fault = IntraRefreshProof.fault(of: kind)
    #expect((fault == nil) == (kind == .x264), "\(fault ?? "it works")")
    if let fault { #expect(!fault.isEmpty && !fault.contains("\n")) }
    if !kind.hasIntraRefresh { #expect(fault?.contains("has no intra refresh") == true, "\(fault ?? "")") }
  }
}
