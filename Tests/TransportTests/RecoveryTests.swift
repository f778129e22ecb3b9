import MediaUnits
import NetworkSimulator
import RTP
import Testing
import Transport

@Suite("Recovery from loss")
struct RecoveryTests {
  private static let seeds = Array(1...12 as ClosedRange<UInt64>)

  @Test("sends one copy while another round fits, several in the last, and none too late")
  func copies() {
    let near = RepairRule(roundTrip: .milliseconds(16))
    #expect(near.copies(age: .milliseconds(20), missingCount: 1) == 1)
    #expect(near.copies(age: .milliseconds(32), missingCount: 1) == 1)
    #expect(near.copies(age: .milliseconds(33), missingCount: 3) == 3)
    #expect(near.copies(age: .milliseconds(33), missingCount: 4) == 2)
    #expect(near.copies(age: .milliseconds(50), missingCount: 1) == 3)
    #expect(near.copies(age: .milliseconds(51), missingCount: 1) == 0)
    let far = RepairRule(roundTrip: .milliseconds(100))
    #expect(far.copies(age: .milliseconds(100), missingCount: 1) == 3)
    #expect(far.copies(age: .milliseconds(261), missingCount: 1) == 0)
    #expect(RepairRule(roundTrip: .seconds(2)).latestAge == .milliseconds(300))
  }

  @Test("decodes 99.5 % of frames within 50 ms of their way at 2 % loss and 30 ms", arguments: RecoveryTests.seeds)
  func randomLoss(seed: UInt64) {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(15), loss: 0.02), seed: seed)
    simulation.run(for: .seconds(30))
    let report = simulation.report
    let inTime = report.frameWays.count { $0 <= .milliseconds(65) }
    #expect(Double(inTime) >= 0.995 * Double(report.framesSent), "\(inTime) of \(report.framesSent)")
    #expect(report.damagedFrames == 0)
    #expect(report.brokenReferences == 0)
  }

  @Test("never lets the picture stand for 300 ms at 10 % loss and 30 ms", arguments: RecoveryTests.seeds)
  func heavyLoss(seed: UInt64) {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(15), loss: 0.1), seed: seed)
    simulation.run(for: .seconds(30))
    #expect(simulation.report.longestGap <= .milliseconds(300), "\(simulation.report.longestGap)")
    #expect(simulation.report.brokenReferences == 0)
  }

  @Test(
    "never sends a packet again past its deadline, nor more than one packet in four",
    arguments: [0.05, 0.3],
    [21, 22] as [UInt64]
  )
  func deadline(loss: Double, seed: UInt64) {
    let delay = Duration.milliseconds(15)
    var simulation = SessionSimulation(LinkConditions(delay: delay, jitter: .milliseconds(4), loss: loss), seed: seed)
    simulation.run(for: .seconds(20))
    let report = simulation.report
    // Two and a half round trips and 10 ms; no round trip that was measured is longer than 38 ms.
    #expect(report.oldestRetransmission <= .milliseconds(105), "\(report.oldestRetransmission)")
    #expect(report.retransmissions > 100)
    #expect(report.retransmissionJumps == 0)
    #expect(report.shortestCopySpacing.map { $0 >= .milliseconds(1) } ?? false)
    // What it starts with, and one for each four sent since its sequence numbers passed a multiple of four.
    #expect(report.retransmissions <= 64 + report.videoPackets / 4 + 1)
  }

  @Test(
    "asks for one key frame, not for old packets, when the path returns",
    arguments: [500...2_000, 2_000...20_000],
    RecoveryTests.seeds
  )
  func outage(frameByteCounts: ClosedRange<Int>, seed: UInt64) {
    var simulation = SessionSimulation(
      LinkConditions(delay: .milliseconds(15)),
      seed: seed,
      frameByteCounts: frameByteCounts
    )
    // The outage begins at another point of a frame's time with each seed.
    simulation.run(for: .seconds(2) + .microseconds(417) * Int(seed))
    let before = (
      keyframes: simulation.report.keyframesSent,
      requests: simulation.host.statistics.keyframeRequests,
      repeats: simulation.report.retransmissions
    )
    let isBack = simulation.loseAll(for: .seconds(2), healingWithin: .milliseconds(200))
    #expect(isBack)
    simulation.run(for: .seconds(1))
    let requests = simulation.host.statistics.keyframeRequests
    #expect(requests == before.requests + 1)
    #expect(simulation.report.keyframesSent == before.keyframes + 1)
    #expect(simulation.report.retransmissions == before.repeats)
  }

  @Test("spreads copies even when it is polled late, and sends no more of them past the deadline")
  func latePolls() {
    var simulation = SessionSimulation(LinkConditions(), seed: 1)
    let start = simulation.now
    simulation.drawLoneFrame()
    var sent = simulation.pollHost(at: start)
    let number = sent.first { $0.payloadType == .video }?.sequenceNumber
    guard let number else {
      Issue.record("nothing was sent")
      return
    }
    // The last round trip of the 30 ms that are assumed: three copies.
    let asked = start + .milliseconds(40)
    simulation.request([number], at: asked)
    sent = simulation.pollHost(at: asked)
    #expect(sent.count { $0.payloadType == .videoRetransmission } == 1)
    sent = simulation.pollHost(at: asked + .milliseconds(5))
    #expect(sent.count { $0.payloadType == .videoRetransmission } == 1)
    #expect(simulation.host.deadline == asked + .milliseconds(6))
    // Two and a half round trips and 10 ms have passed.
    sent = simulation.pollHost(at: start + .milliseconds(86))
    #expect(sent.allSatisfy { $0.payloadType != .videoRetransmission })
    #expect(simulation.host.deadline > start + .milliseconds(86))
  }

  @Test(
    "one request that is said again is one to the host, and one that is asked anew another, however round trips vary",
    arguments: [1, 5, 20, 60, 100],
    [0, 0.2, 0.5, 1]
  )
  func answerInterval(milliseconds: Int, share: Double) {
    let roundTrip = Duration.milliseconds(milliseconds)
    var generator = NACKGenerator()
    generator.roundTrip = roundTrip + roundTrip * share
    let start = Instant(nanoseconds: 0)
    _ = generator.received(1, now: start)
    _ = generator.received(3, now: start)
    var asked: [Instant] = []
    for _ in 0..<4 {
      guard let now = generator.deadline else { break }
      var requests: [Int64] = []
      #expect(!generator.poll(now: now, into: &requests))
      asked.append(now)
    }
    #expect(asked.count == 4)
    let rule = RepairRule(roundTrip: roundTrip, deviation: roundTrip * share)
    #expect(asked[2] - asked[0] < rule.answerInterval)
    #expect(asked[3] - asked[0] >= rule.answerInterval)
  }

  @Test("is not sent once more for what is said again, where round trips are thought to vary")
  func variedRoundTrips() throws {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(15)), seed: 1)
    for _ in 0..<100 where simulation.host.roundTrip == nil { simulation.run(for: .milliseconds(2)) }
    let measured = simulation.host.roundTrip
    let roundTrip = try #require(measured)
    // Let out what waits, so that the frame is the newest.
    let start = simulation.now
    _ = simulation.pollHost(at: start)
    simulation.drawLoneFrame()
    let frame = simulation.pollHost(at: start + .milliseconds(2)).filter { $0.payloadType == .video }
    let number = try #require(frame.last?.sequenceNumber)
    func repeats(at instant: Instant) -> Int {
      simulation.request([number], at: instant)
      return simulation.pollHost(at: instant).count { $0.payloadType == .videoRetransmission }
    }
    let asked = start + .milliseconds(3)
    #expect(repeats(at: asked) == 1)
    // After one exchange the deviation is taken for half of the round trip (RFC 6298 §2.2): these are the player's times.
    #expect(repeats(at: asked + .milliseconds(2)) == 0)
    #expect(repeats(at: asked + roundTrip * 3 / 4 + .milliseconds(1)) == 0)
    #expect(repeats(at: asked + roundTrip * 3 / 2 + .milliseconds(2)) > 0)
  }

  @Test("gets its key frame when the first request for it is lost", arguments: [false, true])
  func lostKeyframeRequest(isFirstLost: Bool) {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(15)), seed: 2)
    simulation.run(for: .seconds(1))
    let before = simulation.host.statistics.keyframeRequests
    let keyframes = simulation.report.keyframesSent
    simulation.player.decodingFailed(now: simulation.now)
    simulation.isPlayerHeard = !isFirstLost
    simulation.run(for: .milliseconds(16))
    simulation.isPlayerHeard = true
    simulation.run(for: .milliseconds(3))
    let requests = simulation.host.statistics.keyframeRequests
    #expect(requests == before + 1)
    simulation.run(for: .seconds(1))
    let requestsInTheEnd = simulation.host.statistics.keyframeRequests
    #expect(requestsInTheEnd == before + 1)
    #expect(simulation.report.keyframesSent == keyframes + 1)
  }

  @Test("counts a packet as repaired once, however many copies of it came")
  func repairedOnce() {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(15), loss: 0.02), seed: 3)
    simulation.run(for: .seconds(10))
    let statistics = simulation.player.statistics
    #expect(statistics.packetsRepaired > 50)
    #expect(statistics.packetsRepaired < simulation.report.videoPackets / 40)
    #expect(simulation.report.retransmissions > statistics.packetsRepaired * 2)
  }

  @Test("says each request again, twice, in case it was lost, and then waits for the answer")
  func echoes() {
    var generator = NACKGenerator()
    let start = Instant(nanoseconds: 0)
    _ = generator.received(1, now: start)
    _ = generator.received(3, now: start)
    var asked: [Int64] = []
    for milliseconds in 0..<40 {
      var requests: [Int64] = []
      #expect(!generator.poll(now: start + .milliseconds(milliseconds), into: &requests))
      if !requests.isEmpty { asked.append(Int64(milliseconds)) }
    }
    // 30 ms is the round trip that is assumed before one is known; 3.75 ms are left for reordering.
    #expect(asked == [4, 6, 19, 36, 38])
    #expect(generator.requestCount == 2)
  }
}
