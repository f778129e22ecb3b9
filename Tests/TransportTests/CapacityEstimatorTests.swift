import MediaUnits
import Testing

@testable import Transport

@Suite("What a path carries")
struct CapacityEstimatorTests {
  private static let packetByteCount = 1244

  /// Frames of `count` packets that come through at `rates` in turn, 60 a second.
  private static func estimator(_ rates: [Bitrate], frames: Int, packets: Int = 40) -> CapacityEstimator {
    var estimator = CapacityEstimator()
    for frame in 0..<frames {
      let rate = rates[frame % rates.count]
      Self.add(packets, at: rate, from: .zero + .milliseconds(16) * frame, to: &estimator)
    }
    return estimator
  }

  private static func add(_ packets: Int, at rate: Bitrate, from start: Instant, to estimator: inout CapacityEstimator)
  {
    let time = Duration.seconds(Double(Self.packetByteCount) / rate.bytesPerSecond)
    estimator.frameBegan()
    for packet in 1...packets {
      estimator.wasBusy(for: time, byteCount: Self.packetByteCount, at: start + time * packet)
    }
    estimator.update()
  }

  private static func megabits(_ estimator: CapacityEstimator) -> Double {
    (estimator.bytesPerSecond ?? 0) * 8 / 1e6
  }

  @Test("is what packets came through at", arguments: [2, 10, 50] as [Double])
  func steady(megabits: Double) {
    let found = Self.megabits(Self.estimator([.megabits(megabits)], frames: 60))
    #expect(abs(found - megabits) < 0.01 * megabits, "\(found)")
  }

  @Test("of a steady path that becomes slow is known by a few packets")
  func stepDown() {
    var estimator = Self.estimator([.megabits(50)], frames: 60)
    Self.add(4, at: .megabits(12), from: .zero + .seconds(1), to: &estimator)
    let found = Self.megabits(estimator)
    #expect((12...18).contains(found), "\(found)")
  }

  @Test("is not told from less than what an arrival is told to")
  func tooFew() {
    var estimator = Self.estimator([.megabits(50)], frames: 60)
    Self.add(1, at: .megabits(12), from: .zero + .seconds(1), to: &estimator)
    #expect(Self.megabits(estimator) > 49)
  }

  @Test("of a path that varies is not a single frame's")
  func varying() {
    var estimator = Self.estimator([.megabits(50), .megabits(20), .megabits(35)], frames: 90)
    let before = Self.megabits(estimator)
    #expect(estimator.variation > 0.2, "\(estimator.variation)")
    Self.add(4, at: .megabits(12), from: .zero + .milliseconds(16) * 90, to: &estimator)
    #expect(Self.megabits(estimator) > 0.8 * before)
  }
}
