import MediaUnits
import Testing
import Transport

@Suite("The pace of a decoder")
struct DecoderPaceTests {
  /// Decodes at `frameRate` for some seconds, each frame as `busy` says, and returns the limits on the way.
  private static func run(
    _ pace: inout DecoderPace,
    seconds: Int,
    frameRate: Int,
    from start: Instant = .zero,
    busy: (Int) -> Duration
  ) -> [Int?] {
    var limits: [Int?] = []
    for frame in 0..<seconds * frameRate {
      let now = start + .nanoseconds(Int64(frame) * 1_000_000_000 / Int64(frameRate))
      if pace.decoded(busy: busy(frame), frameRate: frameRate, now: now) { limits.append(pace.limit) }
    }
    return limits
  }

  @Test("leaves a machine alone that keeps up, however slow its key frames are")
  func keepsUp() {
    var pace = DecoderPace()
    let limits = Self.run(&pace, seconds: 30, frameRate: 60) { $0 % 10 == 0 ? .milliseconds(60) : .milliseconds(6) }
    #expect(limits.isEmpty)
    #expect(pace.limit == nil)
  }

  @Test("lowers the rate to what the machine can do, within two seconds")
  func lowers() {
    var pace = DecoderPace()
    let limits = Self.run(&pace, seconds: 2, frameRate: 60) { _ in .milliseconds(25) }
    #expect(limits == [32])
  }

  @Test("raises it again, step by step, once there has been room for ten seconds")
  func raises() {
    var pace = DecoderPace()
    _ = Self.run(&pace, seconds: 2, frameRate: 60) { _ in .milliseconds(25) }
    let start = Instant.zero + .seconds(2)
    let soon = Self.run(&pace, seconds: 9, frameRate: 32, from: start) { _ in .milliseconds(5) }
    #expect(soon.isEmpty)
    let later = Self.run(&pace, seconds: 60, frameRate: 32, from: start + .seconds(9)) { _ in .milliseconds(5) }
    #expect(later.first == 41)
    // 5 ms is 0.6 of the interval of 120 frames a second.
    #expect(later.compactMap { $0 }.allSatisfy { $0 <= 120 })
    #expect(later == later.sorted { ($0 ?? 241) < ($1 ?? 241) })
  }

  @Test("never asks for less than ten frames a second")
  func least() {
    var pace = DecoderPace()
    _ = Self.run(&pace, seconds: 5, frameRate: 30) { _ in .milliseconds(900) }
    #expect(pace.limit == 10)
  }
}
