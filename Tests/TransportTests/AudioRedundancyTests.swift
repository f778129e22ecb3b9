import MediaUnits
import NetworkSimulator
import Testing
import Transport

@Suite("Copies in the sound")
struct AudioRedundancyTests {
  /// Sound of 128 kbit/s is 1.3 % of this.
  private static let ample = Bitrate.megabits(10)
  /// And 6.4 % of this.
  private static let scarce = Bitrate.megabits(2)
  /// And 13 % of this.
  private static let tiny = Bitrate.megabits(1)

  private static func play(loss: Double, rate: Bitrate, seed: UInt64) -> (SessionSimulation.Report, copies: Int) {
    var simulation = SessionSimulation(
      LinkConditions(delay: .milliseconds(15), loss: loss),
      seed: seed,
      frameByteCounts: 2_000...4_000,
      rateLimits: RateLimits(cap: rate, start: rate)
    )
    simulation.run(for: .seconds(30))
    return (simulation.report, simulation.host.statistics.audioCopiesSent)
  }

  @Test("take the place of what is lost", arguments: [31, 32, 33] as [UInt64])
  func recover(seed: UInt64) {
    let (without, noCopies) = Self.play(loss: 0.05, rate: Self.tiny, seed: seed)
    let (with, copies) = Self.play(loss: 0.05, rate: Self.ample, seed: seed)
    #expect(noCopies == 0)
    #expect(copies > 5_000)
    #expect(without.audioDisorders == 0 && with.audioDisorders == 0)
    // 3000 packets: some 150 are lost, and with two copies each some 0.4 for good.
    #expect(without.audioLost > 100)
    #expect(with.audioLost <= 8, "\(with.audioLost)")
  }

  @Test("always go along where they cost next to nothing, else only while packets are lost")
  func cost() {
    let ample = Self.play(loss: 0, rate: Self.ample, seed: 34)
    let scarce = Self.play(loss: 0, rate: Self.scarce, seed: 34)
    let needed = Self.play(loss: 0.02, rate: Self.scarce, seed: 34)
    #expect(abs(ample.copies - 3000) <= 2)
    #expect(scarce.copies <= 1)
    #expect(needed.copies > 2_000)
    #expect(ample.0.audioPackets == scarce.0.audioPackets)
    #expect(ample.0.audioDisorders == 0)
  }

  @Test("do not change the order of what is played, however packets overtake each other")
  func reordering() {
    var simulation = SessionSimulation(
      LinkConditions(
        delay: .milliseconds(15),
        jitter: .milliseconds(8),
        loss: 0.1,
        duplication: 0.05,
        reordering: 0.1,
        reorderingDelay: .milliseconds(25)
      ),
      seed: 35
    )
    simulation.run(for: .seconds(30))
    let statistics = simulation.player.statistics
    #expect(simulation.report.audioDisorders == 0)
    #expect(statistics.audioPacketsRecovered > 200)
    #expect(simulation.report.audioLost < 60, "\(simulation.report.audioLost)")
  }
}
