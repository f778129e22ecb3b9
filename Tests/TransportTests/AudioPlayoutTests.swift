import MediaUnits
import Testing
import Transport

@Suite("The playing of sound")
struct AudioPlayoutTests {
  @Test(
    "neither runs dry nor grows in half an hour, whatever the clocks' difference",
    arguments: [(-200, 0), (-200, 15), (200, 0), (200, 15)] as [(Double, Int)]
  )
  func drift(partsPerMillion: Double, jitterMilliseconds: Int) {
    var simulation = PlayoutSimulation(
      PlayoutSimulation.Course(drift: partsPerMillion, jitter: .milliseconds(jitterMilliseconds))
    )
    // The buffer finds its place first.
    simulation.run(for: .seconds(60))
    let before = simulation.figures
    simulation.report = PlayoutSimulation.Report()
    simulation.run(for: .seconds(30 * 60))
    let figures = simulation.figures
    #expect(figures.shortageCount - before.shortageCount <= 2)
    #expect(figures.stopCount == 0)
    #expect(figures.removedSampleCount == before.removedSampleCount)
    // Microseconds; without correction they would part by 360 ms.
    let target = Int(figures.target.inMilliseconds * 1000)
    #expect(target >= 12_000 && target <= 30_000, "\(target)")
    #expect(simulation.report.lowestLevel > target - 6_000, "\(simulation.report.lowestLevel) of \(target)")
    #expect(simulation.report.highestLevel < target + 6_000, "\(simulation.report.highestLevel) of \(target)")
    #expect(abs(figures.driftPartsPerMillion - partsPerMillion) < 30, "\(figures.driftPartsPerMillion)")
  }

  @Test("adds nothing that can be heard to a tone while it follows another clock", arguments: [-200, 200] as [Double])
  func purity(partsPerMillion: Double) {
    var simulation = PlayoutSimulation(
      PlayoutSimulation.Course(drift: partsPerMillion, jitter: .milliseconds(10), sampleRate: 48_000)
    )
    simulation.run(for: .seconds(1))
    simulation.keepsSamples = true
    simulation.run(for: .seconds(5))
    #expect(simulation.figures.shortageCount == 0)
    // 1 kHz; a jump or a gap stands out by thousands.
    let click = Self.greatestDeviation(simulation.report.played, tonePeriod: 48)
    #expect(click <= 6, "\(click)")
  }

  @Test("keeps the treble even, wherever between two samples it reads")
  func treble() {
    var simulation = PlayoutSimulation(
      PlayoutSimulation.Course(drift: 200, sampleRate: 48_000, tonePeriod: 48_000 / 15_000, amplitude: 10_000)
    )
    simulation.run(for: .seconds(1))
    simulation.keepsSamples = true
    simulation.run(for: .seconds(3))
    let played = simulation.report.played
    var powers: [Double] = []
    for start in stride(from: 0, to: played.count - 480, by: 480) {
      powers.append(played[start..<start + 480].reduce(0) { $0 + Double($1) * Double($1) } / 480)
    }
    // A tenth of a decibel either way of the amplitude's square, halved.
    #expect(powers.count > 250)
    #expect(powers.allSatisfy { $0 > 5e7 / 1.024 && $0 < 5e7 * 1.024 }, "\(powers.min() ?? 0) \(powers.max() ?? 0)")
  }

  @Test("waits longer on a path with more jitter, and as briefly as before when it is over")
  func adapts() {
    var calm = PlayoutSimulation(PlayoutSimulation.Course(jitter: .milliseconds(1)))
    calm.run(for: .seconds(20))
    var rough = PlayoutSimulation(PlayoutSimulation.Course(jitter: .milliseconds(60)))
    rough.run(for: .seconds(20))
    let before = rough.figures
    rough.run(for: .seconds(60))
    let after = rough.figures
    #expect(calm.figures.target <= .milliseconds(15))
    #expect(before.target >= .milliseconds(35) && before.target <= .milliseconds(70), "\(before.target)")
    #expect(after.shortageCount - before.shortageCount < 40, "\(after.shortageCount - before.shortageCount)")
    #expect(after.stopCount == 0)
  }

  @Test("makes up what is lost once, stops when nothing comes, and then plays on with as little delay as before")
  func outage() {
    var simulation = PlayoutSimulation(PlayoutSimulation.Course(loss: 0.02, sampleRate: 8_000))
    simulation.run(for: .seconds(10))
    // 1000 packets of 80 samples, one in fifty of them lost; what waits for nothing is made up too.
    #expect(simulation.report.madeUp > 1_000 && simulation.report.madeUp < 3_000, "\(simulation.report.madeUp)")
    let before = simulation.report.madeUp
    simulation.outage = simulation.now...simulation.now + .seconds(2)
    simulation.run(for: .seconds(2) + .milliseconds(1))
    #expect(simulation.figures.stopCount == 1)
    let isReady = simulation.playout.isReady
    #expect(!isReady)
    // 60 ms, and the period in which they were over.
    #expect(simulation.report.madeUp - before < 8 * 75, "\(simulation.report.madeUp - before)")
    simulation.run(for: .seconds(5))
    #expect(simulation.figures.stopCount == 1)
    #expect(simulation.figures.level < .milliseconds(30), "\(simulation.figures.level)")
  }

  @Test("takes out what waits too long, without a click")
  func shortens() {
    var simulation = PlayoutSimulation(PlayoutSimulation.Course(sampleRate: 48_000))
    simulation.run(for: .seconds(2))
    // 100 ms more than there should be: silence would be taken out at once, a tone turn by turn.
    let tone = (0..<4_800).flatMap { frame in
      let value = Int16(16_000 * PlayoutSimulation.sine(turns: Double(frame) / 48))
      return [value, value]
    }
    simulation.playout.append(madeUp: tone.span, now: simulation.now)
    simulation.keepsSamples = true
    simulation.run(for: .seconds(4))
    let figures = simulation.figures
    #expect(figures.removedSampleCount > 3_000, "\(figures.removedSampleCount)")
    #expect(figures.level < figures.target + .milliseconds(26), "\(figures.level)")
    let click = Self.greatestDeviation(simulation.report.played, tonePeriod: 48)
    #expect(click <= 60, "\(click)")
  }

  /// By how much any sample differs from what the two before it say the tone must go on with.
  private static func greatestDeviation(_ samples: [Int16], tonePeriod: Double) -> Double {
    // The cosine of a turn's part is the sine a quarter turn on.
    let factor = 2 * PlayoutSimulation.sine(turns: 1 / tonePeriod + 0.25)
    return samples.indices.dropFirst(2).reduce(0) { greatest, index in
      let expected = factor * Double(samples[index - 1]) - Double(samples[index - 2])
      return max(greatest, abs(Double(samples[index]) - expected))
    }
  }
}
