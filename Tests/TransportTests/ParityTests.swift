import MediaUnits
import NetworkSimulator
import Testing
import Transport

@Suite("Parity of video frames")
struct ParityTests {
  /// 80 ms there and back: an answer to a request comes 90 ms late.
  private static func far(loss: Double) -> LinkConditions { LinkConditions(delay: .milliseconds(40), loss: loss) }

  private static func play(
    _ conditions: LinkConditions,
    hasParity: Bool,
    seed: UInt64,
    for duration: Duration = .seconds(20),
    frameByteCounts: ClosedRange<Int> = 2_000...20_000
  ) -> SessionSimulation.Report {
    var simulation = SessionSimulation(
      conditions,
      seed: seed,
      frameByteCounts: frameByteCounts,
      hasParity: hasParity
    )
    simulation.run(for: duration)
    #expect(simulation.report.damagedFrames == 0)
    #expect(simulation.report.brokenReferences == 0)
    #expect(simulation.player.statistics.malformedPackets == 0)
    return simulation.report
  }

  /// The share of frames that were decoded within 50 ms of their way.
  private static func inTime(_ report: SessionSimulation.Report) -> Double {
    Double(report.frameWays.count { $0 <= .milliseconds(90) }) / Double(report.framesSent)
  }

  @Test("brings frames in time at 10 % loss and 80 ms, where no answer to a request could", arguments: [41, 42, 43])
  func farAway(seed: UInt64) {
    let without = Self.play(Self.far(loss: 0.1), hasParity: false, seed: seed)
    let with = Self.play(Self.far(loss: 0.1), hasParity: true, seed: seed)
    #expect(without.parityPackets == 0)
    #expect(Self.inTime(without) < 0.2, "\(Self.inTime(without))")
    #expect(Self.inTime(with) > 0.9, "\(Self.inTime(with))")
    // Copies that are not asked for cost less than several of each that is.
    #expect(Double(with.bytesSent) < 1.12 * Double(without.bytesSent))
    #expect(with.longestGap <= .milliseconds(200), "\(with.longestGap)")
    #expect(with.keyframesSent <= without.keyframesSent)
    // What it starts with, and one for each two sent.
    #expect(with.parityPackets + with.retransmissions <= 64 + with.videoPackets / 2 + 1)
  }

  @Test("costs nothing where nothing is lost, and where requests are soon enough")
  func free() {
    let clean = Self.play(Self.far(loss: 0), hasParity: true, seed: 44)
    let plain = Self.play(Self.far(loss: 0), hasParity: false, seed: 44)
    #expect(clean == plain)
    // Two rounds of 20 ms fit into 50 ms.
    let near = Self.play(LinkConditions(delay: .milliseconds(8), loss: 0.1), hasParity: true, seed: 45)
    #expect(near.parityPackets <= near.videoPackets / 100, "\(near.parityPackets)")
    // One of 30 ms fits: that is enough for little loss.
    let middle = Self.play(LinkConditions(delay: .milliseconds(15), loss: 0.005), hasParity: true, seed: 46)
    #expect(middle.parityPackets <= middle.videoPackets / 100, "\(middle.parityPackets)")
  }

  @Test("ends when the loss does")
  func ends() {
    var simulation = SessionSimulation(Self.far(loss: 0.1), seed: 47, hasParity: true)
    simulation.run(for: .seconds(5))
    #expect(simulation.report.parityPackets > 500)
    simulation.down = SimulatedLink(Self.far(loss: 0), seed: 47)
    simulation.run(for: .seconds(10))
    let before = simulation.report.parityPackets
    simulation.run(for: .seconds(5))
    #expect(simulation.report.parityPackets == before)
  }

  @Test("protects key frames of several blocks, in whatever order packets come", arguments: [48, 49])
  func severalBlocks(seed: UInt64) {
    let conditions = LinkConditions(
      delay: .milliseconds(40),
      jitter: .milliseconds(3),
      loss: 0.03,
      duplication: 0.02,
      reordering: 0.05,
      reorderingDelay: .milliseconds(5)
    )
    var simulation = SessionSimulation(
      conditions,
      seed: seed,
      frameByteCounts: 200_000...400_000,
      hasParity: true
    )
    simulation.run(for: .milliseconds(600))
    #expect(simulation.report.damagedFrames == 0)
    #expect(simulation.report.brokenReferences == 0)
    let statistics = simulation.player.statistics
    // What is rebuilt is what was sent.
    #expect(statistics.malformedPackets == 0)
    #expect(statistics.packetsRebuilt > 100, "\(statistics.packetsRebuilt)")
  }

  @Test("survives parity that contradicts itself and the packets", arguments: [50, 51])
  func hostile(seed: UInt64) {
    var simulation = SessionSimulation(Self.far(loss: 0.2), seed: seed, hasParity: true)
    simulation.woundedParity = SplitMix64(seed: seed)
    simulation.run(for: .seconds(4))
    #expect(simulation.report.parityPackets > 300)
    #expect(simulation.report.framesDecoded > 5)
  }
}
