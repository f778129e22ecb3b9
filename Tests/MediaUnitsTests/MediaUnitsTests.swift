import MediaUnits
import Testing

@Suite("Bitrates")
struct BitrateTests {
  @Test("say how long bytes take, and how many fit into a frame")
  func times() {
    #expect(Bitrate.megabits(10).transmissionTime(ofByteCount: 1250) == .milliseconds(1))
    #expect(Bitrate(bitsPerSecond: 0).transmissionTime(ofByteCount: 1250) == .zero, "zero means unlimited")
    #expect(Bitrate.megabits(12).byteCount(perFrameAt: 60) == 25_000)
    #expect(Bitrate.kilobits(1).bitsPerSecond == 1000 && Bitrate.kilobits(1500).megabits == 1.5)
    #expect(Bitrate.kilobits(1) < .megabits(1))
  }
}

@Suite("Picture sizes")
struct PictureSizeTests {
  @Test(
    "can be streamed where even and within bounds",
    arguments: [
      (1920, 1080, true), (3840, 2160, true), (2160, 3840, true), (16, 16, true), (14, 16, false), (1921, 1080, false),
      (1920, 1081, false), (3842, 2160, false), (3840, 2162, false), (2162, 3840, false),
    ]
  )
  func streamable(width: Int, height: Int, isStreamable: Bool) {
    let size = PictureSize(width: width, height: height)
    #expect(size.isStreamable == isStreamable)
    #expect("\(size)" == "\(width)x\(height)")
  }
}

@Suite("Pseudo-random numbers")
struct SplitMix64Tests {
  @Test("are those of the published algorithm")
  func reference() {
    // The outputs for seed 1234567 that accompany the reference implementation (prng.di.unimi.it/splitmix64.c).
    var random = SplitMix64(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in random.next() } == expected)
  }
}
