import MediaUnits
import Testing

@testable import Transport

@Suite("A queue that others keep full")
struct StandingQueueTests {
  private static let start = Instant(nanoseconds: 5_000_000_000)
  private static let packetTime = Duration.microseconds(500)

  /// What became of the queue with each frame.
  private struct Step {
    /// Since the first frame.
    var after: Duration
    var wait: Duration
    var isSuspected: Bool
  }

  /// Lets a frame's first packet pass every 16 ms.
  ///
  /// - Parameters:
  ///   - gap: since the packet before.
  ///   - times: the wait in milliseconds of the frame of this number, and how much of that was for others.
  private static func pass(
    _ queue: inout StandingQueue,
    frames: Range<Int>,
    gap: Duration = .milliseconds(14),
    packetTime: Duration = packetTime,
    _ times: (Int) -> (wait: Double, others: Double)
  ) -> [Step] {
    frames.map { frame in
      let (wait, others) = times(frame)
      queue.met(
        wait: .milliseconds(1) * wait,
        others: .milliseconds(1) * others,
        gap: gap,
        packetTime: packetTime,
        now: Self.start + .milliseconds(16) * frame
      )
      return Step(
        after: .milliseconds(16) * (frame - frames.lowerBound),
        wait: queue.wait,
        isSuspected: queue.isSuspected
      )
    }
  }

  @Test("is suspected after 200 ms without an empty one, and counts after a second, as the least that frames wait")
  func filled() {
    var queue = StandingQueue()
    let steps = Self.pass(&queue, frames: 0..<125) { (Double(30 + $0 * 7 % 20), 25) }
    for step in steps {
      #expect(step.isSuspected == (step.after > .milliseconds(200)), "\(step)")
      #expect(step.after > .seconds(1) ? 30...33 ~= step.wait.inMilliseconds : step.wait == .zero, "\(step)")
    }
  }

  @Test("has ended with the first frame that waits for nobody")
  func emptied() {
    var queue = StandingQueue()
    let filled = Self.pass(&queue, frames: 0..<100) { _ in (30, 25) }
    #expect(filled.last.map { $0.wait == .milliseconds(30) && $0.isSuspected } ?? false)
    let emptied = Self.pass(&queue, frames: 100..<110) { _ in (30, 2.9) }
    #expect(emptied.allSatisfy { $0.wait == .zero && !$0.isSuspected })
    // And another second is needed.
    let again = Self.pass(&queue, frames: 110..<160) { _ in (30, 25) }
    #expect(again.allSatisfy { $0.wait == .zero })
  }

  @Test("is none where it is empty every 200 ms, however long frames wait in between")
  func occasional() {
    var queue = StandingQueue()
    let steps = Self.pass(&queue, frames: 0..<600) { $0 % 12 == 0 ? (90, 0) : (90, 90) }
    #expect(steps.allSatisfy { $0.wait == .zero && !$0.isSuspected })
  }

  @Test("is none of two packets, nor of 3 ms, the least that arrivals tell", arguments: [0.5, 5])
  func fewPackets(packetMilliseconds: Double) {
    let packetTime = Duration.milliseconds(1) * packetMilliseconds
    let least = max(3, packetMilliseconds * 2)
    for (others, counts) in [(least - 0.1, false), (least + 0.1, true)] {
      var queue = StandingQueue()
      let steps = Self.pass(&queue, frames: 0..<100, packetTime: packetTime) { _ in (20, others) }
      #expect(steps.last?.isSuspected == counts && (steps.last?.wait == .milliseconds(20)) == counts, "\(others)")
    }
  }

  @Test("is not found empty by what was sent right after something else")
  func closeBehind() {
    var queue = StandingQueue()
    _ = Self.pass(&queue, frames: 0..<100) { _ in (30, 25) }
    let close = Self.pass(&queue, frames: 100..<130, gap: .milliseconds(9)) { _ in (30, 0) }
    #expect(close.allSatisfy { $0.wait == .milliseconds(30) && $0.isSuspected })
  }

  @Test("is unknown after a while in which nothing came through")
  func silence() {
    var queue = StandingQueue()
    _ = Self.pass(&queue, frames: 0..<100) { _ in (30, 25) }
    // 12 frames later is 192 ms.
    let soon = Self.pass(&queue, frames: 111..<112) { _ in (30, 25) }
    #expect(soon.allSatisfy { $0.wait == .milliseconds(30) })
    let late = Self.pass(&queue, frames: 125..<175) { _ in (30, 25) }
    #expect(late.allSatisfy { $0.wait == .zero })
    #expect(late.first?.isSuspected == false && late.last?.isSuspected == true)
  }

  @Test(
    "is never longer than what the newest frame waited, nor negative, whatever comes in whatever order",
    arguments: 1...30 as ClosedRange<UInt64>
  )
  func anything(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var queue = StandingQueue()
    var now = Self.start
    for _ in 0..<2_000 {
      // Mostly frames; now and then a pause of minutes, and a clock that goes back.
      now = now + .microseconds(Int64.random(in: 1_000...40_000, using: &random))
      if Int.random(in: 0..<500, using: &random) == 0 {
        now = now + .seconds(Int64.random(in: -5...300, using: &random))
      }
      let wait = Self.anyDuration(&random)
      queue.met(
        wait: wait,
        others: Int.random(in: 0..<3, using: &random) == 0 ? Self.anyDuration(&random) : .milliseconds(20),
        gap: Self.anyDuration(&random),
        packetTime: .microseconds(Int64.random(in: 0...20_000, using: &random)),
        now: now
      )
      #expect(.zero...max(.zero, wait) ~= queue.wait)
      #expect(queue.wait == .zero || queue.isSuspected)
    }
  }

  /// Up to half a second, or now and then of any length at all, below nothing too.
  private static func anyDuration(_ random: inout SplitMix64) -> Duration {
    Int.random(in: 0..<50, using: &random) == 0
      ? .nanoseconds(Int64.random(in: -(1 << 61)...1 << 61, using: &random))
      : .microseconds(Int64.random(in: 0...500_000, using: &random))
  }
}
