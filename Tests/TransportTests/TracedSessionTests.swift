import MediaUnits
import NetworkSimulator
import Testing
import Transport

@Suite("The trace of a session")
struct TracedSessionTests {
  @Test("has every frame, and an answer to every request", arguments: [1, 2, 3] as [UInt64])
  func session(seed: UInt64) {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(15), loss: 0.05), seed: seed)
    simulation.host.trace = ControlTraceLog(capacity: 100_000)
    simulation.run(for: .seconds(10))
    var frames: [ControlTrace.Frame] = []
    var resentCount = 0
    var keyframeRequests = 0
    let droppedCount = simulation.host.trace.take { record in
      switch record.event {
      case .frame(let frame): frames.append(frame)
      case .repair(let repair) where repair.action == .resend:
        resentCount += repair.packetCount * repair.copies
        #expect(repair.age.map { $0 > .zero && $0 < .milliseconds(400) } ?? false)
      case .repair(let repair) where repair.action == .keyframe: keyframeRequests += 1
      default: break
      }
    }
    #expect(droppedCount == 0)
    #expect(frames.map(\.frame) == (0..<Int64(simulation.report.framesSent)).map { $0 })
    #expect(frames.count { $0.isKeyframe } == simulation.report.keyframesSent)
    #expect(frames.reduce(0) { $0 + $1.packetCount } == simulation.report.videoPackets)
    // Some copies go out later, and the least round trip bounds how many are given up.
    #expect(resentCount >= simulation.report.retransmissions && resentCount > 50)
    #expect(resentCount <= simulation.report.retransmissions + 64)
    #expect(keyframeRequests == simulation.host.statistics.keyframeRequests)
  }

  @Test("tells of what comes back, what the pacer lets go, and of outages", arguments: [1, 2, 3] as [UInt64])
  func path(seed: UInt64) {
    let conditions = LinkConditions(
      delay: .milliseconds(15),
      loss: 0.01,
      rate: .megabits(20),
      outages: [Outage(at: .seconds(5), lasting: .milliseconds(800))]
    )
    var simulation = SessionSimulation(conditions, seed: seed)
    simulation.host.trace = ControlTraceLog(capacity: 100_000)
    simulation.run(for: .seconds(10))
    var outages: [ControlTrace.Outage] = []
    var releasedCount = 0
    var (ackedCount, lostCount) = (0, 0)
    _ = simulation.host.trace.take { record in
      switch record.event {
      case .release(let release):
        releasedCount += release.packetCount
        #expect(release.byteCount > 0 && release.waiting >= 0)
      case .feedback(let feedback):
        ackedCount += feedback.ackedPacketCount
        lostCount += feedback.lostPacketCount
        #expect(feedback.arrivalSpan >= .zero)
        if feedback.ackedPacketCount > 0 { #expect(feedback.roundTrip >= .milliseconds(29)) }
      case .outage(let outage): outages.append(outage)
      default: break
      }
    }
    #expect(releasedCount == simulation.report.videoPackets)
    // What is sent again is told of too; what was under way at the end is not.
    let sentCount = simulation.report.videoPackets + simulation.report.retransmissions
    #expect(
      ackedCount > sentCount * 8 / 10 && ackedCount + lostCount <= sentCount + 50,
      "\(ackedCount) of \(sentCount)"
    )
    #expect(lostCount > 10)
    #expect(outages.map(\.phase) == [.begin, .end])
    #expect(outages.last.map { $0.silence > .milliseconds(700) && $0.silence < .milliseconds(1200) } ?? false)
  }
}
