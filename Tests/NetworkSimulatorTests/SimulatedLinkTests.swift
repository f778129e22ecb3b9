import MediaUnits
import NetworkSimulator
import Testing

@Suite("Simulated link")
struct SimulatedLinkTests {
  private struct Arrival: Hashable {
    var number: Int
    var at: Instant
  }

  /// Sends `count` datagrams of `byteCount`, one each `interval`, and drains the link.
  private func run(
    _ conditions: LinkConditions,
    seed: UInt64 = 1,
    count: Int,
    interval: Duration = .milliseconds(1),
    byteCount: Int = 1000
  ) -> (arrivals: [Arrival], statistics: LinkStatistics) {
    var link = SimulatedLink<Int>(conditions, seed: seed)
    var arrivals: [Arrival] = []
    for number in 0..<count {
      let now = Instant.zero + interval * number
      link.send(number, byteCount: byteCount, now: now)
      while let deadline = link.deadline, deadline <= now, let arrived = link.receive(now: deadline) {
        arrivals.append(Arrival(number: arrived, at: deadline))
      }
    }
    for _ in 0...2 * count {
      guard let deadline = link.deadline, let arrived = link.receive(now: deadline) else { break }
      arrivals.append(Arrival(number: arrived, at: deadline))
    }
    #expect(link.deadline == nil && link.inFlightCount == 0)
    let statistics = link.statistics
    #expect(statistics.sent == count && statistics.sentByteCount == count * byteCount)
    #expect(statistics.delivered == arrivals.count)
    #expect(
      statistics.sent + statistics.duplicated == statistics.lost + statistics.queueDropped + statistics.delivered
    )
    return (arrivals, statistics)
  }

  @Test("delivers after exactly the delay, and not before")
  func delay() {
    var link = SimulatedLink<Int>(LinkConditions(delay: .milliseconds(10)), seed: 1)
    link.send(7, byteCount: 1, now: .zero)
    #expect(link.deadline == .zero + .milliseconds(10))
    #expect(link.receive(now: .zero + .nanoseconds(9_999_999)) == nil)
    #expect(link.receive(now: .zero + .milliseconds(10)) == 7)
    #expect(link.receive(now: .distantFuture) == nil)
  }

  @Test("jitters within bounds, and keeps the order", arguments: 1...10 as ClosedRange<UInt64>)
  func jitter(seed: UInt64) {
    let conditions = LinkConditions(delay: .milliseconds(10), jitter: .milliseconds(20))
    let arrivals = self.run(conditions, seed: seed, count: 1000).arrivals
    #expect(arrivals.map(\.number) == Array(0..<1000))
    let delays = arrivals.map { $0.at - (Instant.zero + .milliseconds($0.number)) }
    #expect(delays.allSatisfy { $0 >= .milliseconds(10) && $0 <= .milliseconds(30) })
    #expect(delays.min()! < .milliseconds(20) && delays.max()! > .milliseconds(25))
  }

  @Test("loses the share that it was told to", arguments: 1...5 as ClosedRange<UInt64>)
  func loss(seed: UInt64) {
    let lost = self.run(LinkConditions(loss: 0.1), seed: seed, count: 10_000).statistics.lost
    #expect(850...1150 ~= lost)
  }

  @Test("loses in bursts of the length that it was told to", arguments: 1...5 as ClosedRange<UInt64>)
  func burstLoss(seed: UInt64) {
    let burst = BurstLoss(enter: 0.01, leave: 0.2)
    let (arrivals, statistics) = self.run(LinkConditions(burstLoss: burst), seed: seed, count: 50_000)
    let numbers = arrivals.map(\.number)
    let bursts = zip(numbers, numbers.dropFirst()).map { $1 - $0 - 1 }.filter { $0 > 0 }
    let meanByteCount = Double(bursts.reduce(0, +)) / Double(bursts.count)
    #expect(abs(meanByteCount - 5) < 1)
    #expect(abs(Double(statistics.lost) / 50_000 - burst.meanLoss) < 0.01)
  }

  @Test("transmits no faster than its rate")
  func rate() {
    // A datagram takes a millisecond at 8 Mbit/s, and two are sent in each.
    let conditions = LinkConditions(rate: .megabits(8), queue: .seconds(10))
    let arrivals = self.run(conditions, count: 1000, interval: .microseconds(500)).arrivals
    #expect(arrivals.map(\.at) == (1...1000).map { Instant.zero + .milliseconds($0) })
  }

  @Test("drops what would wait longer than the queue")
  func queue() {
    let conditions = LinkConditions(delay: .milliseconds(5), rate: .megabits(8), queue: .milliseconds(20))
    let (arrivals, statistics) = self.run(conditions, count: 1000, interval: .microseconds(500))
    let waits = arrivals.map { $0.at - (Instant.zero + .microseconds(500) * $0.number) }
    #expect(waits.max()! <= .milliseconds(26), "the queue, a transmission, the delay")
    #expect(450...490 ~= statistics.queueDropped)
  }

  @Test("a change of rate takes effect at once")
  func changedRate() {
    var link = SimulatedLink<Int>(LinkConditions(rate: .megabits(8)), seed: 1)
    link.send(0, byteCount: 1000, now: .zero)
    link.conditions.rate = .megabits(0.8)
    link.send(1, byteCount: 1000, now: .zero)
    #expect(link.queueingDelay(now: .zero) == .milliseconds(11))
    #expect(link.receive(now: .zero + .milliseconds(1)) == 0)
    #expect(link.deadline == .zero + .milliseconds(11))
  }

  @Test("duplicates", arguments: 1...5 as ClosedRange<UInt64>)
  func duplication(seed: UInt64) {
    let (arrivals, statistics) = self.run(LinkConditions(duplication: 0.1), seed: seed, count: 10_000)
    #expect(850...1150 ~= statistics.duplicated)
    #expect(Set(arrivals.map(\.number)).count == 10_000 && arrivals.count == 10_000 + statistics.duplicated)
  }

  @Test("reorders what it picks, and only that", arguments: 1...5 as ClosedRange<UInt64>)
  func reordering(seed: UInt64) {
    let conditions = LinkConditions(
      delay: .milliseconds(5),
      reordering: 0.01,
      reorderingDelay: .microseconds(2500)
    )
    let (arrivals, statistics) = self.run(conditions, seed: seed, count: 10_000)
    let late = arrivals.filter { $0.at - (Instant.zero + .milliseconds($0.number)) > .milliseconds(5) }
    #expect(late.count == statistics.reordered && 60...140 ~= late.count)
    let numbers = arrivals.map(\.number)
    #expect(zip(numbers, numbers.dropFirst()).count { $0 > $1 } > late.count / 2)
    let lateNumbers = Set(late.map(\.number))
    let others = numbers.filter { !lateNumbers.contains($0) }
    #expect(others == others.sorted())
  }

  @Test(
    "is a pure function of its seed",
    arguments: [LinkConditions.ethernet, .fibre, .wiFi, .cellular, .hostile, .perfect]
  )
  func deterministic(conditions: LinkConditions) {
    let first = self.run(conditions, seed: 3, count: 2000)
    let second = self.run(conditions, seed: 3, count: 2000)
    #expect(first.arrivals == second.arrivals && first.statistics == second.statistics)
    if conditions.jitter > .zero {
      #expect(self.run(conditions, seed: 4, count: 2000).arrivals != first.arrivals)
    } else {
      #expect(first.arrivals.count == 2000)
    }
  }
}
