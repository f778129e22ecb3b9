import MediaUnits
import Testing

@testable import StreamHost

@Suite("The pacer of captures")
struct FramePacerTests {
  /// Captures what a game draws at `draws`, and returns how long each drawing that was captured had to wait.
  private func waits(_ draws: [Instant], frameRate: Int) -> [Duration] {
    var pacer = FramePacer(frameRate: frameRate)
    var waits: [Duration] = []
    for (index, draw) in draws.enumerated() {
      let capture = max(draw, pacer.nextAllowed)
      // A newer drawing takes the place of one that is still waiting.
      if index + 1 < draws.count, draws[index + 1] <= capture { continue }
      pacer.captured(at: capture)
      waits.append(capture - draw)
    }
    return waits
  }

  private func draws(every interval: Duration, count: Int, jitter: Duration = .zero, seed: UInt64 = 1) -> [Instant] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { index in
      let offset = Int64.random(in: 0...max(0, jitter.wholeNanoseconds), using: &random)
      return Instant(nanoseconds: 1_000_000_000 + Int64(index) * interval.wholeNanoseconds + offset)
    }
  }

  @Test("holds no frame of a game that draws at the granted rate, give or take", arguments: [1, 2, 3] as [UInt64])
  func steady(seed: UInt64) {
    let draws = self.draws(every: .nanoseconds(16_666_667), count: 600, jitter: .milliseconds(8), seed: seed)
    let waits = self.waits(draws, frameRate: 60)
    #expect(waits.count == draws.count)
    #expect(waits.allSatisfy { $0 == .zero })
  }

  @Test("forgets one late frame instead of holding back all that follow")
  func oneLate() {
    var draws = self.draws(every: .nanoseconds(16_666_667), count: 60)
    draws[20] += .milliseconds(15)
    let waits = self.waits(draws, frameRate: 60)
    #expect(waits.count == draws.count)
    #expect(waits[25...].allSatisfy { $0 == .zero })
  }

  @Test("thins a faster game to the granted rate, newest first")
  func faster() {
    let draws = self.draws(every: .milliseconds(1), count: 5_000)
    let waits = self.waits(draws, frameRate: 60)
    #expect((299...303).contains(waits.count))
    // The last drawing has no newer one to take its place.
    #expect(waits.dropLast().allSatisfy { $0 <= .milliseconds(1) })
  }

  @Test("repeats a still picture quickly at first, then slowly")
  func repeats() {
    var schedule = RepeatSchedule()
    var now = Instant.zero
    var gaps: [Duration] = []
    schedule.sent(isRepeat: false, now: now)
    for _ in 0..<6 {
      gaps.append(schedule.dueAt - now)
      now = schedule.dueAt
      schedule.sent(isRepeat: true, now: now)
    }
    #expect(gaps == [50, 50, 50, 50, 500, 500].map { .milliseconds($0) })
  }
}
