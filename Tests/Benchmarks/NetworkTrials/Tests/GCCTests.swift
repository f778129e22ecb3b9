import MediaUnits
import NetworkSimulator
import Testing

@testable import NetworkTrials

@Suite("GCC as a rival")
struct GCCTests {
  private static let limits = 500_000.0...50_000_000

  @Test("overuse takes the rate down to 85 % of what arrives")
  func decrease() {
    var control = AIMDControl(start: 12e6, limits: Self.limits)
    control.update(.over, acknowledged: 10e6, now: .zero + .seconds(1))
    #expect(control.rate == 8.5e6)
    // A queue that empties is left alone.
    control.update(.under, acknowledged: 10e6, now: .zero + .seconds(2))
    #expect(control.rate == 8.5e6)
    // A decrease is given a round trip to show.
    control.roundTrip = .milliseconds(50)
    #expect(!control.mayDecrease(throughput: 10e6, now: .zero + .milliseconds(1020)))
    #expect(control.mayDecrease(throughput: 10e6, now: .zero + .milliseconds(1051)))
  }

  @Test("the rate grows by 8 % a second at first, and by a packet in two response times near capacity")
  func increase() {
    var control = AIMDControl(start: 4e6, limits: Self.limits)
    control.roundTrip = .milliseconds(20)
    func normal(_ range: ClosedRange<Int>) {
      for step in range { control.update(.normal, acknowledged: 10e6, now: .zero + .milliseconds(50 * step)) }
    }
    normal(0...20)
    #expect((4.3e6...4.36e6).contains(control.rate))
    control.update(.over, acknowledged: 4e6, now: .zero + .milliseconds(1050))
    let low = control.rate
    // The hold that follows ends with the first normal answer.
    for step in 22...42 { control.update(.normal, acknowledged: 4e6, now: .zero + .milliseconds(50 * step)) }
    // 1200 bytes in 240 ms, as the reference has it: 40 kbit/s each second.
    #expect((25_000...45_000).contains(control.rate - low))
  }

  @Test("never more than half above what arrives")
  func ceiling() {
    var control = AIMDControl(start: 8e6, limits: Self.limits)
    for step in 0..<100 { control.update(.normal, acknowledged: 4e6, now: .zero + .milliseconds(50 * step)) }
    #expect(control.rate == 8e6)
    for step in 100..<400 { control.update(.normal, acknowledged: 6e6, now: .zero + .milliseconds(50 * step)) }
    #expect(control.rate == 9.01e6)
  }

  @Test("a delay that rises is overuse, one that stays is not, one that falls is underuse")
  func trend() {
    func usage(after deltas: [Double], count: Int = 40) -> TrendlineEstimator.Usage {
      var estimator = TrendlineEstimator()
      for step in 0..<count {
        let arrived = 16.0 + deltas[step % deltas.count]
        let change = InterArrival.Deltas(sent: .milliseconds(16), arrived: .milliseconds(arrived))
        estimator.add(change, arrivedAt: .zero + .milliseconds(16 * step))
      }
      return estimator.usage
    }
    #expect(usage(after: [2]) == .over)
    #expect(usage(after: [0]) == .normal)
    #expect(usage(after: [1, -1]) == .normal)
    #expect(usage(after: [-2]) == .under)
    #expect(usage(after: [2], count: 10) == .normal, "twenty groups make a trend")
  }

  @Test("datagrams sent within 5 ms, or that come in a burst, are one group")
  func groups() {
    var groups = InterArrival()
    func add(_ sent: Double, _ arrived: Double) -> InterArrival.Deltas? {
      groups.add(sentAt: .zero + .milliseconds(sent), arrivedAt: .zero + .milliseconds(arrived))
    }
    #expect(add(0, 20) == nil)
    #expect(add(4, 25) == nil)
    #expect(add(16, 36) == nil)
    #expect(add(32, 56) == InterArrival.Deltas(sent: .milliseconds(12), arrived: .milliseconds(11)))
    // Sent 8 ms later, and on its heels: the path had stopped.
    #expect(add(40, 57) == nil)
    #expect(add(60, 90) == InterArrival.Deltas(sent: .milliseconds(24), arrived: .milliseconds(21)))
  }

  @Test("more than 10 % of loss takes half of it off the rate; less than 2 % lets it grow")
  func loss() {
    func rate(lost: Int) -> Double {
      var control = LossControl(start: 10e6, limits: Self.limits)
      control.update(lost: lost, of: 100, ceiling: 50e6, roundTrip: .milliseconds(20), now: .zero + .seconds(1))
      return control.rate
    }
    #expect(abs(rate(lost: 20) - 9e6) < 1)
    #expect(rate(lost: 5) == 10e6)
    #expect(abs(rate(lost: 1) - 10.801e6) < 1)
    var capped = LossControl(start: 10e6, limits: Self.limits)
    capped.update(lost: 0, of: 100, ceiling: 7e6, roundTrip: .milliseconds(20), now: .zero + .seconds(1))
    #expect(capped.rate == 7e6)
  }

  @Test("probes go out at three and six times the start, then at twice what was found")
  func probes() {
    var control = ProbeControl(start: 1e6, cap: 50e6, isEager: false)
    func next(_ milliseconds: Int, rate: Double = 1e6) -> Double? {
      control.next(rate: rate, isOverused: false, now: .zero + .milliseconds(milliseconds))?.rate.megabits
    }
    #expect(next(0) == 3)
    #expect(next(10) == 6)
    #expect(next(20) == nil)
    control.estimated(4e6, now: .zero + .milliseconds(60))
    #expect(next(60) == nil)
    control.estimated(5.9e6, now: .zero + .milliseconds(70))
    #expect(next(80) == 11.8)
    control.estimated(5.9e6, now: .zero + .milliseconds(120))
    #expect(next(6000, rate: 6e6) == nil)
    control.changed(from: 20e6, to: 8e6, now: .zero + .seconds(7))
    control.recovered(rate: 8e6, now: .zero + .seconds(8))
    #expect(next(8000, rate: 8e6) == 17)
    var eager = ProbeControl(start: 20e6, cap: 50e6, isEager: true)
    _ = eager.next(rate: 20e6, isOverused: false, now: .zero)
    _ = eager.next(rate: 20e6, isOverused: false, now: .zero)
    #expect(eager.next(rate: 20e6, isOverused: false, now: .zero + .milliseconds(4999)) == nil)
    #expect(eager.next(rate: 20e6, isOverused: true, now: .zero + .seconds(5)) == nil)
    #expect(eager.next(rate: 20e6, isOverused: false, now: .zero + .seconds(5))?.rate.megabits == 40)
  }

  @Test("a path that stays is found within a second and used, with little queue")
  func settles() {
    let flow = RivalFlow(
      index: 0,
      control: GCCControl(start: .megabits(3), limits: .kilobits(500) ... .megabits(50)),
      repair: .requests,
      seed: 1
    )
    let path = TrialPath(rate: .megabits(20), roundTrip: .milliseconds(20), queueByteCount: 300_000)
    var trial = Trial([flow], path: path, seed: 1)
    trial.run(until: .zero + .seconds(1))
    #expect((16...21).contains(flow.sender.target.megabits))
    trial.run(until: .zero + .seconds(30))
    let traffic = trial.traffic(of: 0, path: path, cap: .megabits(50), record: flow.record)
    #expect(traffic.use > 70)
    let picture = flow.record.summary(until: trial.now, way: .milliseconds(10))
    #expect(picture.delays.milliseconds(at: 0.99) < 50)
    #expect(picture.unusable < 0.2)
  }

  @Test("two flows share a path, and one holds its own beside TCP", arguments: [1.0, 4])
  func competes(buffer: Double) {
    for second in [ShareRun.Second.picture(.gcc), .cubic] {
      let outcome = ShareRun(first: .gcc, second: second, rate: .megabits(8), buffer: buffer).run()
      #expect(outcome.shares.allSatisfy { $0 > 0.1 }, "\(second): \(outcome.shares)")
      #expect(outcome.shares.reduce(0, +) > 1.2, "\(second): \(outcome.shares)")
    }
  }
}
