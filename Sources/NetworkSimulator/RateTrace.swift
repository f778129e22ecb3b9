public import MediaUnits

/// What a recorded path could carry, step by step.
///
/// Parsed by ``init(parsingRows:loops:)`` and ``init(parsingOpportunities:loops:)``, or made from steps. Positions count
/// from the start of the link that follows the trace.
public struct RateTrace: Hashable, Sendable {
  /// A stretch of time with the same conditions.
  public struct Step: Hashable, Sendable {
    /// At least ``RateTrace/shortestStep``.
    public var duration: Duration
    /// How fast the bottleneck transmits; zero means not at all, and `nil` as ``LinkConditions/rate`` says.
    public var rate: Bitrate?
    /// Added to ``LinkConditions/delay``.
    public var delay: Duration
    /// The chance of each datagram to be lost, on top of ``LinkConditions/loss``, 0 ... 1.
    public var loss: Double

    public init(duration: Duration, rate: Bitrate?, delay: Duration = .zero, loss: Double = 0) {
      self.duration = duration
      self.rate = rate
      self.delay = delay
      self.loss = loss
    }
  }

  /// No step is shorter, so that a transmission spans a bounded number of them.
  public static let shortestStep: Duration = .milliseconds(1)
  /// No trace lasts longer.
  public static let longestTrace: Duration = .seconds(7 * 24 * 3600)

  /// In the order of time, at least one.
  public let steps: [Step]
  /// Whether the first step follows the last. A trace that does not loop ends: the link's own conditions hold again.
  public let loops: Bool
  /// Where each step ends, in nanoseconds from the start.
  private let ends: [Int64]

  /// - Parameters:
  ///   - steps: at least one, each at least ``shortestStep`` long; ``longestTrace`` together.
  ///   - loops: whether the trace starts anew at its end.
  public init(steps: [Step], loops: Bool) {
    precondition(!steps.isEmpty, "a trace has at least one step")
    precondition(steps.allSatisfy { $0.duration >= Self.shortestStep }, "a step lasts at least a millisecond")
    self.steps = steps
    self.loops = loops
    var end: Int64 = 0
    self.ends = steps.map { step in
      end += step.duration.wholeNanoseconds
      return end
    }
    precondition(self.duration <= Self.longestTrace, "a trace lasts at most a week")
  }

  /// The time from the start of the first step to the end of the last.
  public var duration: Duration {
    .nanoseconds(self.ends[self.ends.count - 1])
  }

  /// The mean rate over the whole trace, of those steps that have one.
  public var meanRate: Bitrate {
    var bits = 0.0
    var time = 0.0
    for step in self.steps {
      guard let rate = step.rate else { continue }
      bits += Double(rate.bitsPerSecond) * step.duration.inSeconds
      time += step.duration.inSeconds
    }
    return Bitrate(bitsPerSecond: time > 0 ? Int64(bits / time) : 0)
  }

  /// The step at `elapsed` since the start, and how long it goes on; `nil` once the trace has ended.
  ///
  /// - Complexity: O(log steps).
  public func position(at elapsed: Duration) -> (step: Step, remaining: Duration)? {
    let length = self.ends[self.ends.count - 1]
    var offset = max(0, elapsed.wholeNanoseconds)
    if offset >= length {
      guard self.loops else { return nil }
      offset %= length
    }
    // The first step that ends after the offset.
    var low = 0
    var high = self.ends.count - 1
    while low < high {
      let middle = (low + high) / 2
      if self.ends[middle] > offset { high = middle } else { low = middle + 1 }
    }
    return (self.steps[low], .nanoseconds(self.ends[low] - offset))
  }

  /// The same trace with only some of what it says: others then take the rest from ``LinkConditions``.
  public func keeping(rate: Bool = false, delay: Bool = false, loss: Bool = false) -> RateTrace {
    let steps = self.steps.map { step in
      Step(
        duration: step.duration,
        rate: rate ? step.rate : nil,
        delay: delay ? step.delay : .zero,
        loss: loss ? step.loss : 0
      )
    }
    return RateTrace(steps: steps, loops: self.loops)
  }
}
