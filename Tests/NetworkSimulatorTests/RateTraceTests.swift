import MediaUnits
import NetworkSimulator
import Testing

@Suite("Rate traces")
struct RateTraceTests {
  /// 8 Mbit/s for 10 ms, nothing for 20 ms, 4 Mbit/s for 30 ms.
  private static let steps: [RateTrace.Step] = [
    RateTrace.Step(duration: .milliseconds(10), rate: .megabits(8)),
    RateTrace.Step(duration: .milliseconds(20), rate: .megabits(0)),
    RateTrace.Step(duration: .milliseconds(30), rate: .megabits(4)),
  ]

  private func departures(_ conditions: LinkConditions, sentAt times: [Int], byteCount: Int = 1000) -> [Duration] {
    var link = SimulatedLink<Int>(conditions, seed: 1, start: .zero + .seconds(1))
    for time in times { link.send(time, byteCount: byteCount, now: .zero + .seconds(1) + .milliseconds(time)) }
    var arrivals: [Duration] = []
    for _ in times {
      guard let deadline = link.deadline, link.receive(now: deadline) != nil else { break }
      arrivals.append(deadline - (.zero + .seconds(1)))
    }
    return arrivals
  }

  @Test("a bottleneck follows the trace through a transmission")
  func transmission() {
    let trace = RateTrace(steps: Self.steps, loops: false)
    // 20 kbit at 8 Mbit/s from 9 ms on: 8 kbit until 10 ms, nothing until 30 ms, then 12 kbit at 4 Mbit/s.
    #expect(
      self.departures(LinkConditions(trace: trace), sentAt: [9], byteCount: 2500) == [.milliseconds(33)]
    )
    // One that comes in the gap waits for its end, and the next for the first.
    #expect(
      self.departures(LinkConditions(trace: trace), sentAt: [12, 13]) == [.milliseconds(32), .milliseconds(34)]
    )
  }

  @Test("a trace loops, or ends with the link's own rate")
  func loops() {
    let looping = LinkConditions(rate: .megabits(1), trace: RateTrace(steps: Self.steps, loops: true))
    let ending = LinkConditions(rate: .megabits(1), trace: RateTrace(steps: Self.steps, loops: false))
    #expect(self.departures(looping, sentAt: [60, 6_000_003]) == [.milliseconds(61), .milliseconds(6_000_004)])
    #expect(self.departures(ending, sentAt: [60, 6_000_003]) == [.milliseconds(68), .milliseconds(6_000_011)])
    // 16 kbit from 59 ms on: 4 kbit at the trace's last rate, 12 kbit at the link's.
    #expect(self.departures(ending, sentAt: [59], byteCount: 2000) == [.milliseconds(72)])
  }

  @Test("a datagram that would wait longer than the queue is dropped, and one that waits just as long is not")
  func queue() {
    var conditions = LinkConditions(queue: .milliseconds(18), trace: RateTrace(steps: Self.steps, loops: false))
    #expect(self.departures(conditions, sentAt: [11]) == [])
    #expect(self.departures(conditions, sentAt: [12]) == [.milliseconds(32)])
    conditions.queue = .seconds(1)
    conditions.queueByteCount = 2500
    // Bytes count until their transmission ends: two fit at a time.
    #expect(
      self.departures(conditions, sentAt: [10, 11, 12, 32, 33, 34])
        == [32, 34, 36, 38].map { Duration.milliseconds($0) }
    )
  }

  @Test("steps add delay and loss to the link's")
  func delayAndLoss() {
    let trace = RateTrace(
      steps: [
        RateTrace.Step(duration: .milliseconds(10), rate: nil, delay: .milliseconds(7)),
        RateTrace.Step(duration: .milliseconds(10), rate: nil, loss: 1),
      ],
      loops: true
    )
    let conditions = LinkConditions(delay: .milliseconds(100), trace: trace)
    #expect(self.departures(conditions, sentAt: [1, 11, 21]) == [.milliseconds(108), .milliseconds(128)])
    let lossless = LinkConditions(delay: .milliseconds(100), trace: trace.keeping(delay: true))
    #expect(
      self.departures(lossless, sentAt: [1, 11, 21])
        == [.milliseconds(108), .milliseconds(111), .milliseconds(128)]
    )
  }

  @Test("outages stop the bottleneck, once or again and again")
  func outages() {
    let once = LinkConditions(queue: .seconds(1), outages: [Outage(at: .milliseconds(10), lasting: .milliseconds(5))])
    #expect(
      self.departures(once, sentAt: [9, 10, 14, 15]) == [9, 15, 15, 15].map { Duration.milliseconds($0) }
    )
    let again = LinkConditions(
      rate: .megabits(8),
      queue: .seconds(1),
      outages: [Outage(at: .milliseconds(10), lasting: .milliseconds(5), every: .milliseconds(20))]
    )
    // A transmission that an outage cuts in two goes on after it.
    #expect(
      self.departures(again, sentAt: [9, 28, 32], byteCount: 1500)
        == [.microseconds(15_500), .microseconds(29_500), .microseconds(36_500)]
    )
    let short = LinkConditions(
      queue: .milliseconds(2),
      outages: [Outage(at: .milliseconds(10), lasting: .milliseconds(5))]
    )
    #expect(self.departures(short, sentAt: [11, 12, 13]) == [.milliseconds(15)])
  }

  @Test(
    "what a bottleneck carries over a random trace is what the trace allows",
    arguments: 1...20 as ClosedRange<UInt64>
  )
  func conservation(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let steps = (0..<50).map { _ in
      RateTrace.Step(
        duration: .milliseconds(Int.random(in: 1...40, using: &random)),
        rate: .megabits(Double(Int.random(in: 0...30, using: &random)))
      )
    }
    let trace = RateTrace(steps: steps, loops: true)
    var link = SimulatedLink<Int>(LinkConditions(queue: .seconds(60), trace: trace), seed: seed)
    let allowed = trace.meanRate.megabits * trace.duration.inSeconds / 8 * 1e6
    // As many bytes as three rounds allow, all at once, are through after exactly three rounds.
    let count = 3 * Int(allowed) / 1000
    for number in 0..<count { link.send(number, byteCount: 1000, now: .zero) }
    var last = Instant.zero
    for number in 0..<count {
      guard let deadline = link.deadline, let arrived = link.receive(now: deadline) else { break }
      #expect(arrived == number && deadline >= last)
      last = deadline
    }
    #expect(link.inFlightCount == 0 && link.statistics.delivered == count)
    let unused = Duration.nanoseconds(Int64(1000 * 8 * 1000)) + .milliseconds(45)
    #expect(last <= .zero + trace.duration * 3 && last > .zero + trace.duration * 3 - unused)
  }

  @Test("marks what waited longer than the threshold, and only that")
  func marking() {
    let conditions = LinkConditions(rate: .megabits(8), queue: .seconds(1), marking: .milliseconds(2))
    var link = SimulatedLink<Int>(conditions, seed: 1)
    for number in 0..<5 { link.send(number, byteCount: 1000, now: .zero) }
    var marks: [Bool] = []
    for _ in 0..<5 {
      guard let deadline = link.deadline, let arrival = link.receiveArrival(now: deadline) else { break }
      #expect(arrival.at == deadline && arrival.byteCount == 1000)
      marks.append(arrival.isMarked)
    }
    #expect(marks == [false, false, false, true, true])
    #expect(link.statistics.marked == 2 && link.statistics.longestWait == .milliseconds(4))
    #expect(link.statistics.deliveredByteCount == 5000)
  }

  @Test(
    "a trace's losses come in bursts where asked for, as many as the trace says",
    arguments: [0.02, 0.15, 0.4, 0.9]
  )
  func bursts(loss: Double) {
    func lost(_ burst: Double?) -> [Bool] {
      let trace = RateTrace(steps: [RateTrace.Step(duration: .seconds(1), rate: nil, loss: loss)], loops: true)
      var link = SimulatedLink<Int>(LinkConditions(trace: trace, traceBurst: burst), seed: 5)
      return (0..<100_000).map { number in
        let now = Instant.zero + .microseconds(100 * number)
        link.send(number, byteCount: 100, now: now)
        return link.receive(now: now) == nil
      }
    }
    func meanBurst(_ lost: [Bool]) -> Double {
      let count = zip(lost, [false] + lost).count { $0 && !$1 }
      return Double(lost.count(where: \.self)) / Double(max(count, 1))
    }
    let (bursty, independent) = (lost(3), lost(nil))
    for flags in [bursty, independent] {
      #expect(abs(Double(flags.count(where: \.self)) / 100_000 - loss) < 0.015)
    }
    // Above three quarters, bursts must be longer than three to lose enough.
    let expected = max(3, loss / (1 - loss) * (1 + 1e-9))
    #expect(abs(meanBurst(bursty) / expected - 1) < 0.1)
    #expect(abs(meanBurst(independent) * (1 - loss) - 1) < 0.1)
  }

  @Test("the first datagram of each short step is lost as often as the others")
  func burstsInShortSteps() {
    let steps = (0..<2).map { RateTrace.Step(duration: .milliseconds(15), rate: nil, loss: $0 == 0 ? 0.2 : 0) }
    let conditions = LinkConditions(trace: RateTrace(steps: steps, loops: true), traceBurst: 3)
    var link = SimulatedLink<Int>(conditions, seed: 6)
    var lostCounts = [Int](repeating: 0, count: 30)
    for number in 0..<150_000 {
      let now = Instant.zero + .milliseconds(number)
      link.send(number, byteCount: 100, now: now)
      if link.receive(now: now) == nil { lostCounts[number % 30] += 1 }
    }
    for count in lostCounts[..<15] { #expect(abs(Double(count) / 5000 - 0.2) < 0.025) }
    #expect(lostCounts[15...].allSatisfy { $0 == 0 })
  }
}
