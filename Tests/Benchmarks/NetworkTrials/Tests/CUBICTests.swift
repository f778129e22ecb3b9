import MediaUnits
import NetworkSimulator
import Testing

@testable import NetworkTrials

@Suite("CUBIC as a rival")
struct CUBICTests {
  /// A window of `segments` that has just met a loss.
  private func window(lossAt segments: Int) -> CUBICWindow {
    var window = CUBICWindow()
    for number in 0..<(segments - Int(CUBICWindow.initial)) {
      window.acknowledged(
        number: Int64(number),
        newest: Int64(number),
        sample: .milliseconds(200),
        roundTrip: .milliseconds(200),
        now: .zero
      )
    }
    window.lost(now: .zero)
    return window
  }

  private func grow(_ window: inout CUBICWindow, from start: Double, to end: Double, roundTrip: Duration) {
    var seconds = start
    while seconds < end {
      // A window's worth of acknowledgements, spread over a round trip.
      let step = roundTrip.inSeconds / window.segments
      window.acknowledged(
        number: 1_000_000,
        newest: 1_000_000,
        sample: roundTrip,
        roundTrip: roundTrip,
        now: .zero + .seconds(seconds)
      )
      seconds += step
    }
  }

  @Test("loss leaves 70 % of the window")
  func decrease() {
    #expect(abs(self.window(lossAt: 200).segments - 140) < 1e-9)
  }

  @Test("the window is back where it was after K seconds, slowly near it, and fast beyond")
  func growth() {
    var window = self.window(lossAt: 400)
    // K is the cube root of (400 - 280) / 0.4.
    #expect(abs(window.timeToLargest - 6.694) < 0.001)
    self.grow(&window, from: 0, to: 2, roundTrip: .milliseconds(200))
    let early = window.segments
    #expect((350...372).contains(early))
    self.grow(&window, from: 2, to: 6.69, roundTrip: .milliseconds(200))
    #expect((395...402).contains(window.segments))
    self.grow(&window, from: 6.69, to: 12, roundTrip: .milliseconds(200))
    #expect(window.segments > 450)
  }

  @Test("on a short path it is as fast as Reno would be")
  func friendliness() {
    var window = self.window(lossAt: 100)
    let roundTrip = Duration.milliseconds(10)
    self.grow(&window, from: 0, to: 0.4, roundTrip: roundTrip)
    // 40 round trips, 3 · 0.3 / 1.7 segments in each.
    #expect(abs(window.segments - (70 + 40 * 0.529)) < 2)
  }

  @Test("a flow that did not get back leaves more room")
  func fastConvergence() {
    var window = self.window(lossAt: 100)
    window.lost(now: .zero + .seconds(1))
    #expect(abs(window.largest - 70 * 0.85) < 1e-9)
  }

  @Test("cube roots", arguments: [0.001, 0.5, 1, 27, 1e9])
  func cubeRoot(value: Double) {
    let root = CUBICWindow.cubeRoot(value)
    #expect(abs(root * root * root - value) < 1e-9 * value)
  }

  @Test("alone it fills a path whatever the buffer", arguments: [0.5, 1, 4])
  func fills(buffer: Double) {
    let (rate, roundTrip) = (Bitrate.megabits(20), Duration.milliseconds(20))
    let queue = Int(Double(TrialPath.byteCount(of: rate, roundTrip: roundTrip)) * buffer)
    let flow = CUBICFlow(index: 0)
    var trial = Trial([flow], path: TrialPath(rate: rate, roundTrip: roundTrip, queueByteCount: queue), seed: 1)
    trial.run(until: .zero + .seconds(12))
    let delivered = Double(trial.deliveredByteCounts[0].reduce(0, +)) * 8 / 12
    #expect(delivered > 0.9 * Double(rate.bitsPerSecond))
    #expect(flow.lossCount > 0)
    #expect(flow.timeoutCount <= 1)
  }

  @Test("two share evenly")
  func shares() {
    let (rate, roundTrip) = (Bitrate.megabits(20), Duration.milliseconds(20))
    let flows = [CUBICFlow(index: 0), CUBICFlow(index: 1, startsAt: .zero + .seconds(3))]
    var trial = Trial(flows, path: TrialPath(rate: rate, roundTrip: roundTrip, queueByteCount: 50_000), seed: 1)
    trial.run(until: .zero + .seconds(30))
    let delivered = trial.deliveredByteCounts.map { Double($0.reduce(0, +)) }
    #expect(delivered.min()! > 0.3 * delivered.reduce(0, +))
  }

  @Test("slow start ends before a deep queue overflows")
  func hystart() {
    let flow = CUBICFlow(index: 0)
    let path = TrialPath(rate: .megabits(20), roundTrip: .milliseconds(20), queueByteCount: 1_000_000)
    var trial = Trial([flow], path: path, seed: 1)
    trial.run(until: .zero + .seconds(1))
    #expect(!flow.window.isInSlowStart)
    #expect(flow.lossCount == 0)
  }

  @Test("a path that stops makes it wait, and start again")
  func timeout() {
    let steps = [
      RateTrace.Step(duration: .seconds(2), rate: .megabits(10)),
      RateTrace.Step(duration: .seconds(3), rate: .megabits(10), loss: 1),
      RateTrace.Step(duration: .seconds(10), rate: .megabits(10)),
    ]
    let flow = CUBICFlow(index: 0)
    let path = TrialPath(trace: RateTrace(steps: steps, loops: false), roundTrip: .milliseconds(20))
    var trial = Trial([flow], path: path, seed: 1)
    trial.run(until: .zero + .seconds(5))
    #expect((1...5).contains(flow.timeoutCount))
    let before = trial.deliveredByteCounts[0].reduce(0, +)
    trial.run(until: .zero + .seconds(15))
    #expect(trial.deliveredByteCounts[0].reduce(0, +) - before > 8_000_000)
  }
}
