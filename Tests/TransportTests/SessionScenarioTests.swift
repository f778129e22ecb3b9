import MediaUnits
import NetworkSimulator
import Testing
import Transport

@Suite("A session over a simulated path")
struct SessionScenarioTests {
  @Test("delivers every frame, sound packet and input over a perfect path", arguments: [1, 2, 3] as [UInt64])
  func perfect(seed: UInt64) {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(5)), seed: seed)
    simulation.run(for: .seconds(5))
    simulation.run(for: .milliseconds(100), isPlaying: false)
    let report = simulation.report
    #expect(report.framesDecoded == report.framesSent)
    #expect(report.framesSent >= 299)
    #expect(report.damagedFrames == 0)
    #expect(report.brokenReferences == 0)
    #expect(report.keyframesSent == 1)
    #expect(report.retransmissions == 0)
    #expect(report.audioPackets >= 499)
    #expect(report.inputsApplied.count == report.inputsSent)
    #expect(report.stepsLeft > 0)
    // The host's clock is 1234 ms ahead; related rightly, a frame's way takes the path's five milliseconds.
    let transit = report.transitDelays.last ?? .zero
    #expect(abs((transit - .milliseconds(5)).inMilliseconds) < 1)
  }

  @Test(
    "brings the picture back and neither loses nor doubles an input",
    arguments: [0.01, 0.05, 0.10, 0.20],
    [11, 12, 13] as [UInt64]
  )
  func lossy(loss: Double, seed: UInt64) {
    let conditions = LinkConditions(
      delay: .milliseconds(15),
      jitter: .milliseconds(4),
      loss: loss,
      duplication: 0.02,
      reordering: 0.02,
      reorderingDelay: .milliseconds(6)
    )
    var simulation = SessionSimulation(conditions, seed: seed)
    simulation.run(for: .seconds(10))
    let endOfPlay = simulation.now
    simulation.run(for: .seconds(2), isPlaying: false)
    let report = simulation.report
    #expect(report.damagedFrames == 0)
    #expect(report.brokenReferences == 0)
    #expect(report.inputsApplied == Array(1...UInt16(report.inputsSent)))
    #expect(report.inputsSent > 500)
    // The picture was back by the end, and never stood still for long.
    #expect(endOfPlay - report.lastDecodedAt < .milliseconds(500))
    #expect(report.longestGap < .milliseconds(loss > 0.1 ? 1500 : 600))
    if loss <= 0.05 { #expect(Double(report.framesDecoded) >= 0.95 * Double(report.framesSent)) }
    #expect(report.stepsLeft > 0)
  }

  @Test("survives bursts of loss", arguments: [LinkConditions.wiFi, .cellular, .hostile], [5, 6] as [UInt64])
  func presets(conditions: LinkConditions, seed: UInt64) {
    var simulation = SessionSimulation(conditions, seed: seed, frameByteCounts: 500...4_000)
    simulation.run(for: .seconds(8))
    let endOfPlay = simulation.now
    simulation.run(for: .seconds(3), isPlaying: false)
    let report = simulation.report
    #expect(report.damagedFrames == 0)
    #expect(report.brokenReferences == 0)
    #expect(report.inputsApplied == Array(1...UInt16(report.inputsSent)))
    #expect(endOfPlay - report.lastDecodedAt < .seconds(1))
    #expect(report.framesDecoded > report.framesSent / 2)
  }

  @Test("is a pure function of its seed")
  func deterministic() {
    func play() -> SessionSimulation.Report {
      var simulation = SessionSimulation(.hostile, seed: 77)
      simulation.run(for: .seconds(5))
      return simulation.report
    }
    #expect(play() == play())
  }

  @Test("repairs a lost packet within two round trips instead of asking for a key frame")
  func repairs() {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(10), loss: 0.005), seed: 3)
    simulation.run(for: .seconds(10))
    let report = simulation.report
    #expect(report.retransmissions > 5)
    #expect(report.keyframesSent <= 2)
    #expect(report.longestGap < .milliseconds(80))
  }

  @Test("heals after an outage shorter than the silence timeout with one key frame at most")
  func outage() {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(10)), seed: 4)
    simulation.run(for: .seconds(2))
    let keyframes = simulation.report.keyframesSent
    let isBack = simulation.loseAll(for: .seconds(2), healingWithin: .milliseconds(200))
    #expect(isBack)
    simulation.run(for: .seconds(1))
    #expect(simulation.report.keyframesSent - keyframes == 1)
    #expect(simulation.report.inputsApplied == Array(1...UInt16(simulation.report.inputsApplied.count)))
  }

  @Test("suspends when nothing is heard, goes on when something is, and ends after the resume window")
  func silence() {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(10)), seed: 5, silenceTimeout: .seconds(1))
    simulation.run(for: .seconds(1))
    simulation.isPlayerHeard = false
    simulation.run(for: .seconds(2))
    #expect(simulation.report.hostEvents.contains(.suspended))
    simulation.isPlayerHeard = true
    simulation.run(for: .seconds(1))
    #expect(simulation.report.hostEvents.contains(.resumed))
    let decoded = simulation.report.framesDecoded
    simulation.run(for: .seconds(1))
    #expect(simulation.report.framesDecoded > decoded + 50)

    simulation.isPlayerHeard = false
    simulation.isHostHeard = false
    simulation.run(for: .seconds(31))
    #expect(simulation.report.hostEvents.last == .ended(.silence))
    #expect(simulation.report.playerEvents == [.silent, .silent, .expired])
  }

  @Test("says goodbye in either direction")
  func goodbye() {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(10)), seed: 6)
    simulation.run(for: .seconds(1))
    simulation.player.close(reason: "enough")
    simulation.run(for: .milliseconds(100), isPlaying: false)
    #expect(simulation.report.hostEvents.contains(.ended(.goodbye("enough"))))

    var other = SessionSimulation(LinkConditions(delay: .milliseconds(10)), seed: 6)
    other.run(for: .seconds(1))
    other.host.close(reason: "the game ended")
    other.run(for: .milliseconds(100), isPlaying: false)
    #expect(other.report.playerEvents == [.closed(reason: "the game ended")])
  }

  @Test("cuts a goodbye's reason to what RTCP can carry, and shows no control characters")
  func longGoodbye() {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(10)), seed: 8)
    simulation.run(for: .seconds(1))
    simulation.host.close(reason: "\u{1B}[31m" + String(repeating: "é", count: 400))
    simulation.run(for: .milliseconds(200), isPlaying: false)
    guard case .closed(let reason?)? = simulation.report.playerEvents.first else {
      Issue.record("the goodbye did not arrive")
      return
    }
    #expect(reason.hasPrefix("\u{FFFD}[31mé"))
    #expect(reason.utf8.count <= 204)
  }

  @Test("says goodbye twice, so that one lost packet does not matter")
  func repeatedGoodbye() {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(10)), seed: 9)
    simulation.run(for: .seconds(1))
    simulation.isPlayerHeard = false
    simulation.player.close(reason: "enough")
    simulation.run(for: .milliseconds(30), isPlaying: false)
    simulation.isPlayerHeard = true
    simulation.run(for: .milliseconds(100), isPlaying: false)
    #expect(simulation.report.hostEvents.contains(.ended(.goodbye("enough"))))
    let isDone = simulation.player.isDone
    #expect(isDone)
  }

  @Test("sends no media to a new path until a report's echo has proved it")
  func pathChange() {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(10)), seed: 10)
    simulation.run(for: .seconds(1))
    let before = simulation.report.framesDecoded
    simulation.host.pathChanged(now: simulation.now)
    let sent = simulation.host.statistics.framesSent
    simulation.run(for: .milliseconds(10))
    let sentSince = simulation.host.statistics.framesSent - sent
    #expect(sentSince == 0)
    simulation.run(for: .seconds(2))
    #expect(simulation.report.hostEvents.contains(.pathValidated))
    #expect(simulation.report.framesDecoded > before + 60)
  }
}
