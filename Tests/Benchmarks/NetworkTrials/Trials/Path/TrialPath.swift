public import MediaUnits
public import NetworkSimulator

/// The path that the flows of a trial share.
public struct TrialPath: Sendable {
  /// What the way to the receiver could carry, and what either way loses.
  public var trace: RateTrace
  /// Without queueing; halved for each direction.
  public var roundTrip: Duration
  /// What the bottleneck on the way to the receiver lets wait, in bytes. The way back has no bottleneck.
  public var queueByteCount: Int
  /// Mean length of the bursts that losses come in, in datagrams.
  public var burst: Double

  public init(trace: RateTrace, roundTrip: Duration, queueByteCount: Int = 300_000, burst: Double = 3) {
    self.trace = trace
    self.roundTrip = roundTrip
    self.queueByteCount = queueByteCount
    self.burst = burst
  }

  /// A path that never changes.
  public init(rate: Bitrate, roundTrip: Duration, queueByteCount: Int) {
    let step = RateTrace.Step(duration: .seconds(1), rate: rate)
    self.init(trace: RateTrace(steps: [step], loops: true), roundTrip: roundTrip, queueByteCount: queueByteCount)
  }

  /// The same losses on a path that carries `rate` throughout.
  public func losses(at rate: Bitrate) -> TrialPath {
    var path = self
    let steps = self.trace.steps.map { RateTrace.Step(duration: $0.duration, rate: rate, loss: $0.loss) }
    path.trace = RateTrace(steps: steps, loops: self.trace.loops)
    return path
  }

  /// What a product of rate and round-trip time queues.
  public static func byteCount(of rate: Bitrate, roundTrip: Duration) -> Int {
    Int(Double(rate.bitsPerSecond) * roundTrip.inSeconds / 8)
  }

  /// Bytes that the path could have carried until `end` to one who sends `cap` at most.
  func offeredByteCount(until end: Duration, cap: Bitrate) -> Double {
    var (bits, elapsed) = (0.0, Duration.zero)
    while elapsed < end, let (step, remaining) = self.trace.position(at: elapsed) {
      let length = min(remaining, end - elapsed)
      bits += Double(min(step.rate ?? cap, cap).bitsPerSecond) * length.inSeconds
      elapsed += length
    }
    return bits / 8
  }

  func conditions(isForward: Bool) -> LinkConditions {
    LinkConditions(
      delay: self.roundTrip / 2,
      queue: .seconds(60),
      queueByteCount: isForward ? self.queueByteCount : nil,
      trace: isForward ? self.trace : self.trace.keeping(loss: true),
      traceBurst: self.burst
    )
  }
}
