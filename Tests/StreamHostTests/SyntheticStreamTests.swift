import FFmpegCodec
import MediaUnits
import Testing
import Transport

@testable import StreamHost

@Suite("A synthetic host's frames")
struct SyntheticStreamTests {
  private static let interval = Duration.nanoseconds(33_333_333)
  private static let clip = Result {
    try SyntheticClip(
      SyntheticPicture(size: PictureSize(width: 160, height: 96), frameRate: 30),
      maximumBitrate: .megabits(5),
      encoder: .x264
    )
  }

  private static func plan(_ megabits: Double) -> FramePlan {
    let bitrate = Bitrate.megabits(megabits)
    return .encode(byteBudget: Int(bitrate.bitsPerSecond) / 240, bitrate: bitrate)
  }

  /// Plans each frame of `seconds` and returns what was sent.
  private static func run(
    _ stream: inout SyntheticStream,
    from start: Instant,
    seconds: Double,
    _ plan: (Int) -> FramePlan
  ) -> [SyntheticStream.Frame] {
    var frames: [SyntheticStream.Frame] = []
    for step in 0..<Int(seconds * 30) where stream.follow(plan(step), now: start + Self.interval * step) {
      frames.append(stream.next())
    }
    return frames
  }

  @Test("that the path has no room for are sent later, so that each follows the one that it refers to")
  func skips() throws {
    let clip = try Self.clip.get()
    var stream = SyntheticStream(clip: clip, maximumBitrate: .megabits(5), now: .zero)
    let frames = Self.run(&stream, from: .zero, seconds: 2) { step in
      step % 3 == 2 ? .skip(until: .zero) : Self.plan(5)
    }
    let rung = clip.rung(for: .megabits(5))
    #expect(frames.count == 40)
    #expect(frames.map(\.accessUnit) == Array(rung.frames[..<40]))
    #expect(frames.map(\.skippedCount) == (0..<40).map { $0 > 0 && $0 % 2 == 0 ? 1 : 0 })
    #expect(frames.count(where: \.isKeyframe) == 1)
  }

  @Test("get smaller soon when the path carries less, and larger after a while when it carries more")
  func follows() throws {
    let clip = try Self.clip.get()
    var stream = SyntheticStream(clip: clip, maximumBitrate: .megabits(5), now: .zero)
    // The rate control's search at the start is no reason to go down.
    let search = Self.run(&stream, from: .zero, seconds: 0.4) { Self.plan(3 + Double($0) / 3) }
    #expect(search.count(where: \.isKeyframe) == 1 && stream.bitrate == .megabits(5))
    let down = Self.run(&stream, from: .zero + .seconds(2), seconds: 1) { _ in Self.plan(1.5) }
    #expect(stream.bitrate == .megabits(1))
    #expect(down.first?.isKeyframe == true)
    #expect(down.map(\.accessUnit) == Array(clip.rung(for: .megabits(1)).frames[..<30]))
    let dip = Self.run(&stream, from: .zero + .seconds(4), seconds: 1) { _ in Self.plan(5) }
    #expect(dip.count(where: \.isKeyframe) == 0 && stream.bitrate == .megabits(1))
    _ = Self.run(&stream, from: .zero + .seconds(5), seconds: 2) { _ in Self.plan(6) }
    #expect(stream.bitrate == .megabits(5))
  }

  @Test("are never larger than the session may have")
  func limit() throws {
    var stream = SyntheticStream(clip: try Self.clip.get(), maximumBitrate: .megabits(3), now: .zero)
    _ = Self.run(&stream, from: .zero, seconds: 10) { _ in Self.plan(50) }
    #expect(stream.bitrate == .megabits(2.5))
  }
}
