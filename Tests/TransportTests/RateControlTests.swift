import MediaUnits
import NetworkSimulator
import RTP
import Testing
import Transport

@Suite("Rate control")
struct RateControlTests {
  private static let seeds = Array(1...6 as ClosedRange<UInt64>)
  private static let interval = SessionSimulation.frameInterval

  /// A queue that holds far more than anybody should put there.
  private static func line(_ rate: Bitrate, delay: Duration = .milliseconds(10), loss: Double = 0) -> LinkConditions {
    LinkConditions(delay: delay, loss: loss, rate: rate, queue: .seconds(10))
  }

  /// The share of the path's bytes that `simulation` sent in `duration`.
  private static func use(of rate: Bitrate, _ report: SessionSimulation.Report, from: Instant, to: Instant) -> Double {
    let bytes = report.packetsSent.reduce(0) { $1.at >= from && $1.at < to ? $0 + $1.byteCount + 16 : $0 }
    return Double(bytes) * 8 / Double(rate.bitsPerSecond) / (to - from).inSeconds
  }

  @Test("fills a steady path without a queue", arguments: [3, 8, 20, 45], [1, 10, 25] as [Int64])
  func steady(megabits: Double, delay: Int64) {
    let rate = Bitrate.megabits(megabits)
    var simulation = SessionSimulation(
      Self.line(rate, delay: .milliseconds(delay)),
      seed: 1,
      isPlanned: true
    )
    simulation.run(for: .seconds(5))
    let settledAt = simulation.now
    let framesBefore = simulation.report.frameWays.count
    simulation.run(for: .seconds(10))
    let use = Self.use(of: rate, simulation.report, from: settledAt, to: simulation.now)
    #expect(use >= 0.75, "\(use)")
    #expect(use <= 1, "\(use)")
    let slowest = simulation.report.frameWays[framesBefore...].max() ?? .zero
    #expect(slowest <= .milliseconds(delay) + Self.interval * 7 / 4, "\(slowest)")
    #expect(simulation.report.keyframesSent == 1)
  }

  @Test("knows what the path carries within half a second")
  func start() {
    var simulation = SessionSimulation(Self.line(.megabits(20)), seed: 1, isPlanned: true)
    simulation.run(for: .milliseconds(500))
    let budgets = simulation.report.plans.suffix(5).map { $0.plan.byteBudget ?? 0 }
    #expect(budgets.allSatisfy { $0 > Bitrate.megabits(14).byteCount(perFrameAt: 60) }, "\(budgets)")
  }

  @Test("needs no longer for a step down than the two frames that nobody could know of take", arguments: 0..<8)
  func stepDown(eighth: Int) {
    var simulation = SessionSimulation(Self.line(.megabits(50)), seed: 1, isPlanned: true)
    // The step comes at another point of a frame's time with each argument.
    simulation.run(for: .seconds(4) + Self.interval * eighth / 8)
    simulation.down.conditions.rate = .megabits(12)
    let steppedAt = simulation.now
    var healedAt = steppedAt
    while simulation.now < steppedAt + .milliseconds(400) {
      simulation.run(for: .milliseconds(1))
      // On a path that it knows, what a frame leaves waiting is gone before the next.
      if simulation.down.queueingDelay(now: simulation.now) > Self.interval { healedAt = simulation.now }
    }
    let took = healedAt - steppedAt
    // What is sent in the round trip before the first word of it: two frames of 104 kB, 69 ms each at 12 Mbit/s. A
    // third is planned when little is known, and the first may have begun just before the step.
    #expect(took <= .milliseconds(20) + .milliseconds(139) + Self.interval * 2, "\(took)")
    #expect(took > .milliseconds(50), "\(took)")
  }

  @Test("stays within its limits and its window whatever the path does", arguments: RateControlTests.seeds)
  func invariants(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let limits = RateLimits(floor: .megabits(1), cap: .megabits(15), start: .megabits(4))
    let steps = (0..<400).map { _ in
      RateTrace.Step(
        duration: .milliseconds(Int64.random(in: 5...300, using: &random)),
        rate: .kilobits(Int64.random(in: 0...30_000, using: &random)),
        delay: .milliseconds(Int64.random(in: 0...20, using: &random)),
        loss: Bool.random(using: &random) ? 0 : Double.random(in: 0..<1, using: &random)
      )
    }
    func run() -> SessionSimulation.Report {
      var conditions = LinkConditions(delay: .milliseconds(8), jitter: .milliseconds(3), queueByteCount: 100_000)
      conditions.trace = RateTrace(steps: steps, loops: true)
      var simulation = SessionSimulation(conditions, seed: seed, isPlanned: true, rateLimits: limits)
      simulation.run(for: .seconds(10))
      return simulation.report
    }
    let report = run()
    let (floor, cap) = (limits.floor.byteCount(perFrameAt: 60), limits.cap.byteCount(perFrameAt: 60))
    var encodedCount = 0
    for planned in report.plans {
      guard let budget = planned.plan.byteBudget else { continue }
      encodedCount += 1
      #expect(budget >= floor && budget <= cap)
      // Never below the floor, and above it never more than the window has room for.
      let room = Int(planned.state.windowByteCount) - planned.state.queuedByteCount(now: planned.at)
      #expect(budget <= max(floor, room), "\(budget) for \(room)")
    }
    #expect(encodedCount > 50)
    #expect(report.framesDecoded > 30)
    // The same packets at the same times make the same decisions.
    #expect(run().plans.map(\.plan) == report.plans.map(\.plan))
  }

  @Test("stops for an outage and goes on at once after it, with one key frame", arguments: RateControlTests.seeds)
  func outage(seed: UInt64) {
    var simulation = SessionSimulation(Self.line(.megabits(20), delay: .milliseconds(15)), seed: seed, isPlanned: true)
    simulation.run(for: .seconds(3) + .microseconds(1042) * Int(seed))
    let before = simulation.report.keyframesSent
    simulation.isHostHeard = false
    simulation.isPlayerHeard = false
    let cutAt = simulation.now
    simulation.run(for: .seconds(2))
    let encoded = simulation.report.plans.filter { $0.at > cutAt + .milliseconds(120) && $0.plan.byteBudget != nil }
    #expect(encoded.isEmpty, "\(encoded.count)")
    simulation.isHostHeard = true
    simulation.isPlayerHeard = true
    let healedAt = simulation.now
    simulation.run(for: .milliseconds(200))
    #expect(simulation.report.lastDecodedAt > healedAt)
    simulation.run(for: .seconds(2))
    #expect(simulation.report.keyframesSent <= before + 1)
  }

  @Test("spreads a frame over the path's own time, in bursts of half a millisecond")
  func pacing() {
    let rate = Bitrate.megabits(20)
    var simulation = SessionSimulation(Self.line(rate), seed: 1, isPlanned: true)
    simulation.run(for: .seconds(3))
    let settledAt = simulation.now
    simulation.run(for: .seconds(2))
    let sent = simulation.report.packetsSent.filter { $0.at >= settledAt }
    // No burst holds more than half a millisecond of two and a half times the path's rate, and a packet.
    let most = Int(Double(rate.bitsPerSecond) / 8 * 2.5 * 0.001) + 2 * 1200
    for (index, packet) in sent.enumerated() {
      var bytes = 0
      for later in sent[index...] {
        guard later.at < packet.at + .microseconds(500) else { break }
        bytes += later.byteCount
      }
      #expect(bytes <= most, "\(bytes) of \(most)")
    }
  }

  @Test("does not take losses by chance for congestion", arguments: [0.02, 0.1])
  func randomLoss(loss: Double) {
    let rate = Bitrate.megabits(20)
    var simulation = SessionSimulation(Self.line(rate, loss: loss), seed: 3, isPlanned: true)
    simulation.run(for: .seconds(5))
    let settledAt = simulation.now
    simulation.run(for: .seconds(10))
    let use = Self.use(of: rate, simulation.report, from: settledAt, to: simulation.now)
    #expect(use >= 0.6, "\(use)")
  }

  @Test("a path that is never full counts as fast enough, not as endless")
  func neverFull() {
    var simulation = SessionSimulation(
      LinkConditions(delay: .milliseconds(1)),
      seed: 4,
      frameByteCounts: 900...5000,
      rateLimits: RateLimits(cap: .kilobits(500))
    )
    simulation.run(for: .seconds(120))
    let now = simulation.now
    let plan = simulation.host.pathState(now: now)
      .trace(.skip(until: now), bitrate: .megabits(1), isKeyframe: false, now: now)
    #expect(plan.capacity.map { $0 < .megabits(100_000) } ?? false, "\(String(describing: plan.capacity))")
    #expect(simulation.report.framesDecoded > 3500)
  }

  @Test("does not overrun a queue that is shorter than a frame")
  func shallowQueue() {
    var conditions = Self.line(.megabits(20))
    conditions.queue = .milliseconds(6)
    var simulation = SessionSimulation(conditions, seed: 1, isPlanned: true)
    simulation.run(for: .seconds(5))
    let before = (simulation.down.statistics.queueDropped, simulation.down.statistics.sent)
    simulation.run(for: .seconds(20))
    let dropped = simulation.down.statistics.queueDropped - before.0
    let sent = simulation.down.statistics.sent - before.1
    #expect(Double(dropped) < 0.02 * Double(sent), "\(dropped) of \(sent)")
  }
}

extension FramePlan {
  fileprivate var byteBudget: Int? {
    guard case .encode(let budget, _) = self else { return nil }
    return budget
  }
}
