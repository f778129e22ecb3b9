internal import Charts
internal import MediaUnits
internal import Transport

/// What a trace comes to.
///
/// Coded as JSON, every key names its unit; what was never told of is left out.
public struct TraceSummary: Hashable, Sendable, Codable {
  /// How some values are spread.
  public struct Spread: Hashable, Sendable, Codable {
    public var count: Int
    public var p50: Double
    public var p95: Double
    public var p99: Double
    public var maximum: Double

    /// `nil` without values.
    init?(_ values: [Double]) {
      guard !values.isEmpty else { return nil }
      let sorted = values.sorted()
      func rank(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] }
      self.count = sorted.count
      self.p50 = rank(0.5)
      self.p95 = rank(0.95)
      self.p99 = rank(0.99)
      self.maximum = sorted[sorted.count - 1]
    }
  }

  /// A time in which nothing came back.
  public struct Outage: Hashable, Sendable, Codable {
    public var startSeconds: Double
    public var milliseconds: Double
    /// Whether the trace ends before it does.
    public var isOpen: Bool
  }

  /// What was done about losses, of one kind.
  public struct Repair: Hashable, Sendable, Codable {
    public var decisions = 0
    public var packets = 0
    /// Packets that were sent for it.
    public var sentPackets = 0
  }

  /// A change of the running stream that came into force, or could not be made.
  public struct Change: Hashable, Sendable, Codable {
    public var atSeconds: Double
    public var width: Int
    public var height: Int
    public var frameRate: Int
    public var codec: String
    public var reason: String
    /// What the path was thought to carry when it was decided.
    public var carriedMegabits: Double?
    public var isFailed: Bool
  }

  public var session: String
  public var game: String
  public var startSeconds: Double
  public var endSeconds: Double
  public var picturesPlanned = 0
  public var picturesEncoded = 0
  public var picturesSkipped = 0
  public var skipReasons: [String: Int] = [:]
  /// Between two frames that were sent.
  public var longestFrameGapMilliseconds: Double?
  public var framesSent = 0
  public var keyframesSent = 0
  public var frameBytes = 0
  /// Frames that became larger than what they were planned with.
  public var framesOverBudget = 0
  public var bitrateMegabits: Spread?
  public var capacityMegabits: Spread?
  public var roundTripMilliseconds: Spread?
  public var queueDelayMilliseconds: Spread?
  public var encodeMilliseconds: Spread?
  public var outstandingBytes: Spread?
  public var pacerWaitingBytes: Spread?
  public var packetsAcked = 0
  public var packetsLost = 0
  public var packetsMarked = 0
  public var rateChanges: [String: Int] = [:]
  public var changes: [Change] = []
  public var outages: [Outage] = []
  public var repairs: [String: Repair] = [:]
  public var recordsDropped: Int
  public var linesMalformed: Int
  /// Whether the file holds more than was read.
  public var isCut: Bool

  /// Part of the packets that are known of, 0 ... 1.
  public var lossShare: Double { Self.share(self.packetsLost, of: self.packetsAcked + self.packetsLost) }
  public var markedShare: Double { Self.share(self.packetsMarked, of: self.packetsAcked) }
  public var skippedShare: Double { Self.share(self.picturesSkipped, of: self.picturesPlanned) }
  public var outageMilliseconds: Double { self.outages.reduce(0) { $0 + $1.milliseconds } }
  /// Of the frames, over the whole time.
  public var sentMegabits: Double { Double(self.frameBytes) * 8e-6 / max(self.endSeconds - self.startSeconds, 1e-3) }

  private static func share(_ part: Int, of whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }

  public init(_ recording: TraceRecording) {
    let range = recording.seconds
    self.session = recording.header.session
    self.game = recording.header.game
    self.startSeconds = range.lowerBound
    self.endSeconds = range.upperBound
    self.recordsDropped = recording.droppedCount
    self.linesMalformed = recording.malformedLineCount
    self.isCut = recording.isCut
    var values = TraceValues()
    for record in recording.records { self.add(record, &values) }
    self.finish(values, end: range.upperBound)
  }
}

/// What a summary is made from, as long as records come.
private struct TraceValues {
  var bitrates: [Double] = []
  var capacities: [Double] = []
  var roundTrips: [Double] = []
  var queueDelays: [Double] = []
  var encodeTimes: [Double] = []
  var outstanding: [Double] = []
  var waiting: [Double] = []
  var lastFrameAt: Double?
  var budget: (frame: Int64, byteCount: Int)?
  var outageStart: Double?
}

extension TraceSummary {
  private mutating func add(_ record: ControlTrace.Record, _ values: inout TraceValues) {
    let at = Double(record.at.nanoseconds) / 1e9
    switch record.event {
    case .plan(let plan): self.add(plan, &values)
    case .frame(let frame):
      if let last = values.lastFrameAt {
        self.longestFrameGapMilliseconds = max(self.longestFrameGapMilliseconds ?? 0, (at - last) * 1000)
      }
      values.lastFrameAt = at
      self.framesSent += 1
      self.frameBytes += frame.byteCount
      if frame.isKeyframe { self.keyframesSent += 1 }
      if let budget = values.budget, budget.frame == frame.frame, frame.byteCount > budget.byteCount {
        self.framesOverBudget += 1
      }
      values.encodeTimes.append(frame.encodeTime.inMilliseconds)
    case .release(let release): values.waiting.append(Double(release.waiting))
    case .feedback(let feedback):
      self.packetsAcked += feedback.ackedPacketCount
      self.packetsLost += feedback.lostPacketCount
      self.packetsMarked += feedback.markedPacketCount
      values.roundTrips.append(feedback.roundTrip.inMilliseconds)
      if let delay = feedback.queueDelay { values.queueDelays.append(delay.inMilliseconds) }
    case .rate(let rate): self.rateChanges[rate.reason.rawValue, default: 0] += 1
    case .outage(let outage): self.add(outage, at: at, &values)
    case .repair(let repair):
      var known = self.repairs[repair.action.rawValue] ?? Repair()
      known.decisions += 1
      known.packets += repair.packetCount
      let (sent, isTooMany) = repair.packetCount.multipliedReportingOverflow(by: repair.copies)
      known.sentPackets = isTooMany ? known.sentPackets : known.sentPackets &+ sent
      self.repairs[repair.action.rawValue] = known
    case .change(let change): self.add(change, at: at)
    }
  }

  private mutating func add(_ plan: ControlTrace.Plan, _ values: inout TraceValues) {
    self.picturesPlanned += 1
    switch plan.decision {
    case .encode:
      self.picturesEncoded += 1
      values.budget = (plan.frame, plan.budget)
    case .skip:
      self.picturesSkipped += 1
      self.skipReasons[plan.reason.rawValue, default: 0] += 1
    }
    values.bitrates.append(plan.bitrate.megabits)
    if let capacity = plan.capacity { values.capacities.append(capacity.megabits) }
    values.outstanding.append(Double(plan.outstanding))
  }

  private mutating func add(_ change: ControlTrace.Change, at seconds: Double) {
    guard change.phase != .begin else { return }
    self.changes.append(
      Change(
        atSeconds: seconds,
        width: change.picture.width,
        height: change.picture.height,
        frameRate: change.frameRate,
        codec: "\(change.codec.traceWord)",
        reason: change.reason.rawValue,
        carriedMegabits: change.carried?.megabits,
        isFailed: change.phase == .fail
      )
    )
  }

  private mutating func add(_ outage: ControlTrace.Outage, at: Double, _ values: inout TraceValues) {
    switch outage.phase {
    case .begin: if values.outageStart == nil { values.outageStart = at - outage.silence.inSeconds }
    case .end:
      let start = values.outageStart ?? at - outage.silence.inSeconds
      values.outageStart = nil
      self.outages.append(Outage(startSeconds: start, milliseconds: max(0, at - start) * 1000, isOpen: false))
    }
  }

  private mutating func finish(_ values: TraceValues, end: Double) {
    if let start = values.outageStart {
      self.outages.append(Outage(startSeconds: start, milliseconds: max(0, end - start) * 1000, isOpen: true))
    }
    self.bitrateMegabits = Spread(values.bitrates)
    self.capacityMegabits = Spread(values.capacities)
    self.roundTripMilliseconds = Spread(values.roundTrips)
    self.queueDelayMilliseconds = Spread(values.queueDelays)
    self.encodeMilliseconds = Spread(values.encodeTimes)
    self.outstandingBytes = Spread(values.outstanding)
    self.pacerWaitingBytes = Spread(values.waiting)
  }
}
