import MediaUnits
import Testing

@testable import Transport

@Suite("What is known of frames on their way")
struct SentFramesTests {
  private static func at(_ milliseconds: Int) -> Instant { Instant(nanoseconds: 1) + .milliseconds(milliseconds) }

  /// Sends a frame of so many packets of 100 bytes.
  private static func send(_ frames: inout SentFrames, packetCount: Int, limit: Double = 1e9, at milliseconds: Int = 0)
  {
    for packet in 0..<packetCount {
      frames.sent(byteCount: 100, isLast: packet == packetCount - 1, limit: limit, now: Self.at(milliseconds + packet))
    }
  }

  @Test("a frame is told of once, with its last packet, and when all of it has been sent")
  func settled() throws {
    var frames = SentFrames()
    frames.sent(byteCount: 700, isLast: false, limit: 0, now: Self.at(1))
    #expect(frames.current == 0)
    #expect(frames.packetSettled(0) == nil, "more of it follows")
    frames.sent(byteCount: 300, isLast: true, limit: 0, now: Self.at(2))
    #expect(frames.current == 1)
    frames.packetPassed(0, through: Self.at(9), wait: .milliseconds(4))
    let settled = frames.packetSettled(0)
    let frame = try #require(settled)
    #expect(frame.byteCount == 1000 && frame.firstSentAt == Self.at(1))
    #expect(frame.arrivedPacketCount == 1 && frame.wait == .milliseconds(4))
    #expect(frame.firstThroughAt == Self.at(9) && frame.throughAt == Self.at(9))
    #expect(frames.packetSettled(0) == nil)
  }

  @Test("when the first heard of and the latest of its packets were through, and how long the newest waited")
  func passage() throws {
    var frames = SentFrames()
    Self.send(&frames, packetCount: 3)
    for (through, wait) in [(20, 8), (35, 9), (30, 7)] {
      frames.packetPassed(0, through: Self.at(through), wait: .milliseconds(wait))
    }
    _ = frames.packetSettled(0)
    _ = frames.packetSettled(0)
    let settled = frames.packetSettled(0)
    let frame = try #require(settled)
    #expect(frame.firstThroughAt == Self.at(20) && frame.throughAt == Self.at(35))
    #expect(frame.arrivedPacketCount == 3 && frame.wait == .milliseconds(7))
  }

  @Test("it was limited where it took more than half of what it might, and that is asked at its end only")
  func limits() throws {
    for (limit, wasLimited) in [(599.0, true), (601, false), (0, true)] {
      var frames = SentFrames()
      var askedCount = 0
      func allowed() -> Double {
        askedCount += 1
        return limit
      }
      for packet in 0..<3 {
        frames.sent(byteCount: 100, isLast: packet == 2, limit: allowed(), now: Self.at(packet))
      }
      #expect(askedCount == 1)
      _ = frames.packetSettled(0)
      _ = frames.packetSettled(0)
      #expect(frames.packetSettled(0)?.wasLimited == wasLimited, "of \(limit)")
    }
  }

  @Test("it is unheard until one of its packets is through")
  func unheard() {
    var frames = SentFrames()
    #expect(!frames.isUnheard(0), "nothing was sent")
    Self.send(&frames, packetCount: 2)
    #expect(frames.isUnheard(0) && !frames.isUnheard(1) && !frames.isUnheard(128))
    _ = frames.packetSettled(0)
    #expect(frames.isUnheard(0), "one that is given up tells nothing of the way")
    frames.packetPassed(0, through: Self.at(5), wait: .zero)
    #expect(!frames.isUnheard(0))
  }

  @Test("the last 128 are remembered; of others, and of numbers that there are not, nothing is known")
  func forgets() {
    var frames = SentFrames()
    for _ in 0..<300 { Self.send(&frames, packetCount: 1) }
    for ordinal in [-1, .min, .min + 127, 0, 171, 300, 301, 428, 1 << 40, .max] as [Int64] {
      frames.packetPassed(ordinal, through: Self.at(1), wait: .zero)
      #expect(!frames.isUnheard(ordinal) && frames.packetSettled(ordinal) == nil, "\(ordinal)")
    }
    for ordinal in [172, 299] as [Int64] {
      #expect(frames.isUnheard(ordinal))
      #expect(frames.packetSettled(ordinal)?.arrivedPacketCount == 0)
    }
  }

  @Test("it is as a list of all frames would have it", arguments: 1...30 as ClosedRange<UInt64>)
  func model(seed: UInt64) {
    struct Model {
      var byteCount = 0
      var openCount = 0
      var arrivedCount = 0
      var isWhole = false
      var throughAt: Instant?
    }
    var random = SplitMix64(seed: seed)
    var frames = SentFrames()
    var models = [Model()]
    for step in 0..<5_000 {
      if Int.random(in: 0..<3, using: &random) > 0 {
        let byteCount = Int.random(in: 1...1200, using: &random)
        let isLast = Int.random(in: 0..<4, using: &random) == 0
        frames.sent(byteCount: byteCount, isLast: isLast, limit: 1e9, now: Self.at(step))
        models[models.count - 1].byteCount += byteCount
        models[models.count - 1].openCount += 1
        models[models.count - 1].isWhole = isLast
        if isLast { models.append(Model()) }
        #expect(frames.current == models.count - 1)
      } else {
        // A packet of one of the last frames that has some under way.
        let ordinal = models.count - 1 - Int.random(in: 0..<min(100, models.count), using: &random)
        guard models[ordinal].openCount > 0 else { continue }
        if Bool.random(using: &random) {
          let through = Self.at(step + Int.random(in: 0...50, using: &random))
          frames.packetPassed(Int64(ordinal), through: through, wait: .zero)
          models[ordinal].arrivedCount += 1
          models[ordinal].throughAt = max(models[ordinal].throughAt ?? through, through)
        }
        let frame = frames.packetSettled(Int64(ordinal))
        models[ordinal].openCount -= 1
        let model = models[ordinal]
        #expect((frame != nil) == (model.isWhole && model.openCount == 0))
        guard let frame else { continue }
        #expect(frame.byteCount == model.byteCount && frame.arrivedPacketCount == model.arrivedCount)
        #expect(frame.throughAt == model.throughAt)
      }
    }
  }
}
