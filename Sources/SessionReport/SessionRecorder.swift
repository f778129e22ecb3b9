/// Gathers a ``SessionSummary`` frame by frame, in memory that does not grow with the session.
///
/// Counts that it cannot see for itself are set in ``summary`` by its owner. Used by one thread.
public struct SessionRecorder: Sendable {
  /// A longer session's samples are merged in pairs.
  public static let maximumSampleCount = 600

  /// More changes of host than this keep no gap of their own.
  public static let maximumGapCount = 64

  /// A picture that is older than this when it is decoded is felt as late: 100 ms.
  public static let lateNanoseconds: Int64 = 100_000_000

  /// What is known so far.
  public var summary = SessionSummary()
  private var stageSums = [Int64](repeating: 0, count: LatencyStage.allCases.count)
  private var stageCounts = [Int64](repeating: 0, count: LatencyStage.allCases.count)
  private var partial: [SecondSample] = []

  public init() {}

  /// Counts a frame whose way has ended, at the display or before.
  ///
  /// - Complexity: O(stages); does not allocate.
  public mutating func record(_ frame: FrameLedger) {
    for stage in LatencyStage.allCases {
      guard let nanoseconds = frame.nanoseconds(in: stage) else { continue }
      self.summary.stages[stage.rawValue].record(nanoseconds: nanoseconds)
      self.stageSums[stage.rawValue] += max(0, nanoseconds)
      self.stageCounts[stage.rawValue] += 1
    }
    if frame.firstReceived != 0 { self.summary.framesReceived += 1 }
    if frame.isKeyframe { self.summary.keyframes += 1 }
    if frame.isRefreshed { self.summary.refreshes += 1 }
    if frame.isDecoded {
      self.summary.stutter.record(frame)
      self.summary.framesDecoded += 1
      if let total = frame.drawnToDecoded {
        self.summary.drawnToDecoded.record(nanoseconds: total)
        if total > Self.lateNanoseconds { self.summary.framesLate += 1 }
      }
    } else {
      self.recordLostFrame()
    }
  }

  /// Counts a frame of which nothing is known but that it never became a picture.
  public mutating func recordLostFrame() {
    self.summary.framesLost += 1
    self.summary.drawnToDecoded.recordMissing()
  }

  /// Counts a change of host by the time without a picture that it cost.
  public mutating func recordHostGap(nanoseconds: Int64) {
    self.summary.stutter.hostChanged()
    guard self.summary.hostGapNanoseconds.count < Self.maximumGapCount else { return }
    self.summary.hostGapNanoseconds.append(nanoseconds)
  }

  /// Counts one input event's time from sending to the first picture that shows it; `nil` if none ever did.
  public mutating func recordInput(nanoseconds: Int64?) {
    if let nanoseconds {
      self.summary.inputToDecoded.record(nanoseconds: nanoseconds)
    } else {
      self.summary.inputToDecoded.recordMissing()
    }
  }

  /// Ends a second.
  ///
  /// - Parameter sample: the owner's counts; the stages' means are filled in here.
  /// - Returns: the sample with its stages.
  @discardableResult
  public mutating func record(_ sample: SecondSample) -> SecondSample {
    var sample = sample
    for index in self.stageSums.indices {
      let count = self.stageCounts[index]
      sample.stageNanoseconds[index] = count == 0 ? 0 : self.stageSums[index] / count
      self.stageSums[index] = 0
      self.stageCounts[index] = 0
    }
    if sample.roundTripNanoseconds > 0 { self.summary.roundTrip.record(nanoseconds: sample.roundTripNanoseconds) }
    self.partial.append(sample)
    guard self.partial.count == Int(self.summary.secondsPerSample) else { return sample }
    self.summary.samples.append(Self.merged(self.partial[...]))
    self.partial.removeAll(keepingCapacity: true)
    if self.summary.samples.count == Self.maximumSampleCount {
      let samples = self.summary.samples
      self.summary.samples = stride(from: 0, to: samples.count, by: 2).map { Self.merged(samples[$0..<($0 + 2)]) }
      self.summary.secondsPerSample *= 2
    }
    return sample
  }

  /// Counts added up, rates and times averaged; the time is the last one's.
  private static func merged(_ samples: ArraySlice<SecondSample>) -> SecondSample {
    guard var merged = samples.last, samples.count > 1 else { return samples.last ?? SecondSample() }
    let count = Int64(samples.count)
    merged.framesReceived = samples.reduce(0) { $0 + $1.framesReceived }
    merged.framesDecoded = samples.reduce(0) { $0 + $1.framesDecoded }
    merged.framesLost = samples.reduce(0) { $0 + $1.framesLost }
    merged.packetsReceived = samples.reduce(0) { $0 + $1.packetsReceived }
    merged.packetsLost = samples.reduce(0) { $0 + $1.packetsLost }
    merged.packetsRetransmitted = samples.reduce(0) { $0 + $1.packetsRetransmitted }
    merged.bitsPerSecond = samples.reduce(0) { $0 + $1.bitsPerSecond } / count
    merged.roundTripNanoseconds = samples.reduce(0) { $0 + $1.roundTripNanoseconds } / count
    for index in merged.stageNanoseconds.indices {
      merged.stageNanoseconds[index] = samples.reduce(0) { $0 + $1.stageNanoseconds[index] } / count
    }
    return merged
  }
}
