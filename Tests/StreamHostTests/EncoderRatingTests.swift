import FFmpegCodec
import MediaUnits
import Testing

@testable import StreamHost

@Suite("Encoder rating")
struct EncoderRatingTests {
  private static let start = Instant(nanoseconds: 10_000_000_000)

  @Test("sets an encoder that follows at once for each frame, but for the smallest changes")
  func nextFrame() {
    var rating = EncoderRating(change: .nextFrame, current: .megabits(10))
    #expect(rating.follow(.megabits(10.1), now: Self.start) == nil)
    #expect(rating.follow(.megabits(2), now: Self.start) == .megabits(2))
    #expect(rating.follow(.megabits(12), now: Self.start) == .megabits(12))
  }

  @Test(
    "sets one that pays for each change lower soon and higher only when it lasts",
    arguments: [RateChange.withKeyframe, .onlyByReopening]
  )
  func costly(change: RateChange) {
    var rating = EncoderRating(change: change, current: .megabits(10))
    #expect(rating.follow(.megabits(8.5), now: Self.start) == nil)
    #expect(rating.follow(.megabits(5), now: Self.start) == .megabits(4.5))
    // Half a second later at the earliest.
    #expect(rating.follow(.megabits(2), now: Self.start + .milliseconds(400)) == nil)
    #expect(rating.follow(.megabits(2), now: Self.start + .milliseconds(500)) == .megabits(1.8))

    let risenAt = Self.start + .seconds(1)
    #expect(rating.follow(.megabits(20), now: risenAt) == nil)
    // One frame that allows less starts the wait anew.
    #expect(rating.follow(.megabits(2), now: risenAt + .seconds(1)) == nil)
    #expect(rating.follow(.megabits(20), now: risenAt + .seconds(2)) == nil)
    #expect(rating.follow(.megabits(12), now: risenAt + .seconds(3)) == nil)
    // By then the least that was allowed counts.
    #expect(rating.follow(.megabits(20), now: risenAt + .seconds(4)) == .megabits(10.8))
  }

  @Test("makes at most three changes in a second of whatever the path does")
  func seldom() {
    var random = SplitMix64(seed: 4)
    var rating = EncoderRating(change: .withKeyframe, current: .megabits(10))
    var changeCount = 0
    for frame in 0..<600 {
      let wanted = Bitrate.kilobits(Int64.random(in: 500...20_000, using: &random))
      if rating.follow(wanted, now: Self.start + .milliseconds(Int64(frame) * 17)) != nil { changeCount += 1 }
    }
    #expect((1...30).contains(changeCount), "\(changeCount)")
  }
}
