import IndexAPI
import Matching
import MediaUnits
import Testing

@Suite("The waiting queue")
struct WaitingQueueTests {
  private static func entry(
    _ number: UInt64,
    game: String = "a",
    minimumClass: PerformanceClass = .basic,
    enqueued: Int64? = nil,
    isResumption: Bool = false
  ) -> WaitingQueue.Entry {
    WaitingQueue.Entry(
      player: PlayerID(high: number, low: 0),
      request: RequestID(high: number, low: 0),
      game: game,
      minimumClass: minimumClass,
      enqueued: enqueued ?? Int64(number),
      isResumption: isResumption
    )
  }

  private static func at(_ seconds: Double) -> Instant { .zero + .seconds(seconds) }

  @Test("never serves a later one before an earlier one whom the same seat would do for", arguments: 0..<4)
  func order(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var queue = WaitingQueue(capacity: 200)
    var waiting: [WaitingQueue.Entry] = []
    for step in 0..<1_200 {
      let now = Self.at(Double(step))
      switch Int.random(in: 0..<5, using: &random) {
      case 0...2:
        let entry = Self.entry(
          UInt64(step),
          game: ["a", "b", "c"].randomElement(using: &random) ?? "a",
          minimumClass: PerformanceClass.allCases.randomElement(using: &random) ?? .basic,
          enqueued: Int64(step - Int.random(in: 0..<50, using: &random)),
          isResumption: Int.random(in: 0..<10, using: &random) == 0
        )
        verify(queue.enqueue(entry, now: now) == (waiting.count < 200))
        if waiting.count < 200 { waiting.append(entry) }
      case 3:
        guard let gone = waiting.randomElement(using: &random) else { continue }
        verify(queue.abandon(gone.request))
        waiting.removeAll { $0 == gone }
      default:
        let games = ["a", "b", "c"].filter { _ in Bool.random(using: &random) }
        let best = PerformanceClass.allCases.randomElement(using: &random) ?? .basic
        let served = queue.next(now: now) { games.contains($0) && $1 <= best }
        let suitable = waiting.filter { games.contains($0.game) && $0.minimumClass <= best }
        #expect((served == nil) == suitable.isEmpty, "step \(step)")
        guard let served else { continue }
        for other in suitable where other.game == served.game && other != served {
          let isEarlier = (other.isResumption ? 0 : 1, other.enqueued) < (served.isResumption ? 0 : 1, served.enqueued)
          #expect(!isEarlier, "step \(step)")
        }
        #expect(served.isResumption || !suitable.contains(where: \.isResumption), "step \(step)")
        waiting.removeAll { $0 == served }
      }
      #expect(queue.count == waiting.count)
    }
  }

  @Test("lets games take turns, however long their lines are")
  func turns() {
    var queue = WaitingQueue()
    for number in 0..<100 as Range<UInt64> { verify(queue.enqueue(Self.entry(number), now: .zero)) }
    for number in 100..<110 as Range<UInt64> { verify(queue.enqueue(Self.entry(number, game: "b"), now: .zero)) }
    let served = (0..<20).compactMap { queue.next(now: Self.at(Double($0))) { _, _ in true }?.game }
    #expect(served.filter { $0 == "b" }.count == 10)
  }

  @Test("keeps everybody's place, and refuses when it is full")
  func bounds() {
    var queue = WaitingQueue(capacity: 3)
    for number in 1...3 as ClosedRange<UInt64> { verify(queue.enqueue(Self.entry(number), now: .zero)) }
    verify(!queue.enqueue(Self.entry(4), now: .zero))
    verify(queue.enqueue(Self.entry(2), now: Self.at(5)))
    #expect(queue.position(of: RequestID(high: 2, low: 0)) == 2)
    verify(queue.abandonUnheard(since: Self.at(1)).map(\.request.high) == [1, 3])
    #expect(queue.position(of: RequestID(high: 2, low: 0)) == 1)
    verify(queue.enqueue(Self.entry(5, enqueued: 1, isResumption: true), now: Self.at(6)))
    #expect(queue.position(of: RequestID(high: 5, low: 0)) == 1)
    #expect(queue.position(of: RequestID(high: 9, low: 0)) == nil)
  }

  @Test("estimates from how fast seats have become free, and says nothing before one has")
  func estimates() throws {
    var queue = WaitingQueue()
    for number in 0..<50 as Range<UInt64> { verify(queue.enqueue(Self.entry(number), now: .zero)) }
    let last = RequestID(high: 49, low: 0)
    #expect(queue.estimate(of: last, now: Self.at(10)) == nil)
    for second in 1...10 {
      verify(queue.next(now: Self.at(Double(second) * 3)) { _, _ in true } != nil)
    }
    // 40 wait, and every 3 s one is served.
    let estimate = try #require(queue.estimate(of: last, now: Self.at(30)))
    #expect(abs(estimate.inSeconds - 120) < 1)
    // Nothing has become free for five minutes: it will not be 3 s each any more.
    #expect(try #require(queue.estimate(of: last, now: Self.at(330))).inSeconds > 1_000)
  }
}

@Suite("The rate limiter")
struct RateLimiterTests {
  @Test("gives the burst, then the rate, and says how long to wait")
  func rate() throws {
    var limiter = RateLimiter<Int>(tokensPerSecond: 2, burst: 5)
    for _ in 0..<5 { verify(limiter.take(1, now: .zero) == nil) }
    let refusal = limiter.take(1, now: .zero)
    let wait = try #require(refusal)
    #expect(abs(wait.inSeconds - 0.5) < 1e-6)
    verify(limiter.take(2, now: .zero) == nil)
    verify(limiter.take(1, now: .zero + .milliseconds(501)) == nil)
    verify(limiter.take(1, now: .zero + .milliseconds(501)) != nil)
    // In the long run, exactly the rate.
    var taken = 0
    for step in 0..<10_000 where limiter.take(3, now: .zero + .milliseconds(step * 10)) == nil { taken += 1 }
    #expect((203...206).contains(taken))
  }

  @Test("stays within its memory, whatever keys come")
  func memory() {
    var limiter = RateLimiter<UInt64>(tokensPerSecond: 1, burst: 1, capacity: 100)
    for key in 0..<10_000 as Range<UInt64> {
      verify(limiter.take(key, now: .zero) == nil)
      #expect(limiter.keyCount <= 100)
      // A key of before the last fifty still owes.
      if key > 20 { verify(limiter.take(key - 20, now: .zero) != nil) }
    }
  }
}
