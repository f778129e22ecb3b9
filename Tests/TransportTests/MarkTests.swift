import MediaUnits
import NetworkSimulator
import Testing
import Transport

@Suite("Marks in place of losses")
struct MarkTests {
  /// Ten seconds over a path that narrows to a third, with a queue of 400 ms.
  private static func run(marking: Duration?, ecn: ECNMark = .capable1) -> (
    report: SessionSimulation.Report, marked: Int
  ) {
    let conditions = LinkConditions(
      delay: .milliseconds(10),
      rate: .megabits(9),
      queue: .milliseconds(400),
      marking: marking
    )
    var simulation = SessionSimulation(conditions, seed: 3, isPlanned: true)
    simulation.sentECN = ecn
    simulation.host.trace = ControlTraceLog(capacity: 100_000)
    simulation.run(for: .seconds(5))
    simulation.down.conditions.rate = .megabits(3)
    simulation.run(for: .seconds(5))
    var markedCount = 0
    _ = simulation.host.trace.take { record in
      if case .feedback(let feedback) = record.event { markedCount += feedback.markedPacketCount }
    }
    return (simulation.report, markedCount)
  }

  @Test("reach the rate control, which sends less, so that less waits")
  func reaction() {
    let (plain, none) = Self.run(marking: nil)
    #expect(none == 0)
    let (marked, count) = Self.run(marking: .milliseconds(4))
    #expect(count > 50)
    func meanWay(_ report: SessionSimulation.Report) -> Double {
      let late = report.frameWays.suffix(report.frameWays.count / 3)
      return late.reduce(0) { $0 + $1.inMilliseconds } / Double(late.count)
    }
    #expect(meanWay(marked) < meanWay(plain) - 1, "\(meanWay(marked)) and \(meanWay(plain)) ms")
    // It still makes use of the path.
    #expect(Double(marked.bytesSent) > 0.7 * Double(plain.bytesSent), "\(marked.bytesSent) of \(plain.bytesSent)")
  }

  @Test("are not made of packets that do not ask for them")
  func notCapable() {
    let (_, count) = Self.run(marking: .milliseconds(4), ecn: .notCapable)
    #expect(count == 0)
  }
}
