internal import Charts
internal import MediaUnits
internal import Transport

/// A trace's records as the lines, marks and shades of charts.
struct TraceCourse {
  /// Seconds.
  let range: ClosedRange<Double>
  var bitrate: [ChartPoint] = []
  var capacity: [ChartPoint] = []
  var received: [ChartPoint] = []
  var budget: [ChartPoint] = []
  var outstanding: [ChartPoint] = []
  var queued: [ChartPoint] = []
  var pacer: [ChartPoint] = []
  var roundTrip: [ChartPoint] = []
  var queueDelay: [ChartPoint] = []
  var frameBytes: [ChartPoint] = []
  var captureTime: [ChartPoint] = []
  var encodeTime: [ChartPoint] = []
  /// Packets in each tenth of a second, or more in a long trace.
  var lost: [ChartPoint] = []
  var marked: [ChartPoint] = []
  var resent: [ChartPoint] = []
  var parity: [ChartPoint] = []
  let bucketSeconds: Double
  var rateMarks: [TimeSeriesChart.Mark] = []
  var changeMarks: [TimeSeriesChart.Mark] = []
  /// What was streamed when, in words.
  var streams: [(text: String, range: ClosedRange<Double>)] = []
  var keyframeMarks: [TimeSeriesChart.Mark] = []
  var repairMarks: [TimeSeriesChart.Mark] = []
  var outages: [TimeSeriesChart.Span] = []
  /// Skipped pictures in a row, by reason.
  var skips: [(reason: ControlTrace.Plan.Reason, range: ClosedRange<Double>, count: Int)] = []
  var modes: [(mode: ControlTrace.Mode, range: ClosedRange<Double>)] = []

  private var outageStart: Double?
  private var currentStream: (text: String, start: Double)
  private var currentMode: (mode: ControlTrace.Mode, start: Double)?
  private var buckets: [Int: Bucket] = [:]

  private struct Bucket {
    var lost = 0
    var marked = 0
    var resent = 0
    var parity = 0
  }

  init(_ recording: TraceRecording) {
    let header = recording.header
    let codec = VideoCodec.allCases.first { "\($0.traceWord)" == header.codec }?.description ?? header.codec
    let first = TraceWords.stream(header.picture, frameRate: header.frameRate, codec: codec)
    self.range = recording.seconds
    self.currentStream = (first, self.range.lowerBound)
    self.bucketSeconds = max(0.1, (self.range.upperBound - self.range.lowerBound) / 600)
    for record in recording.records { self.add(record, at: Double(record.at.nanoseconds) / 1e9) }
    self.finish()
  }

  private mutating func add(_ record: ControlTrace.Record, at x: Double) {
    switch record.event {
    case .plan(let plan): self.add(plan, at: x)
    case .frame(let frame):
      self.frameBytes.append(ChartPoint(x, Double(frame.byteCount) / 1000))
      self.captureTime.append(ChartPoint(x, frame.captureTime.inMilliseconds))
      self.encodeTime.append(ChartPoint(x, frame.encodeTime.inMilliseconds))
      if frame.isKeyframe {
        self.keyframeMarks.append(.init(x, .series(3), "key frame \(frame.frame), \(frame.byteCount) bytes"))
      }
    case .release(let release): self.pacer.append(ChartPoint(x, Double(release.waiting) / 1000))
    case .feedback(let feedback):
      self.roundTrip.append(ChartPoint(x, feedback.roundTrip.inMilliseconds))
      if let delay = feedback.queueDelay { self.queueDelay.append(ChartPoint(x, delay.inMilliseconds)) }
      if let received = feedback.received { self.received.append(ChartPoint(x, received.megabits)) }
      self.count(at: x) { bucket in
        bucket.lost += feedback.lostPacketCount
        bucket.marked += feedback.markedPacketCount
      }
    case .rate(let rate): self.add(rate, at: x)
    case .outage(let outage): self.add(outage, at: x)
    case .repair(let repair): self.add(repair, at: x)
    case .change(let change): self.add(change, at: x)
    }
  }

  private mutating func add(_ plan: ControlTrace.Plan, at x: Double) {
    self.bitrate.append(ChartPoint(x, plan.bitrate.megabits))
    if let capacity = plan.capacity { self.capacity.append(ChartPoint(x, capacity.megabits)) }
    self.budget.append(ChartPoint(x, Double(plan.budget) / 1000))
    self.outstanding.append(ChartPoint(x, Double(plan.outstanding) / 1000))
    if let queued = plan.queued { self.queued.append(ChartPoint(x, Double(queued) / 1000)) }
    if let mode = plan.mode { self.enter(mode, at: x) }
    guard plan.decision == .skip else { return }
    if let last = self.skips.last, last.reason == plan.reason, x - last.range.upperBound < 0.1,
      x >= last.range.lowerBound
    {
      self.skips[self.skips.count - 1] = (last.reason, last.range.lowerBound...x, last.count + 1)
    } else {
      self.skips.append((plan.reason, x...x, 1))
    }
  }

  private mutating func add(_ rate: ControlTrace.Rate, at x: Double) {
    if let mode = rate.mode { self.enter(mode, at: x) }
    let color: ChartColor = rate.new < rate.old ? .bad : rate.new > rate.old ? .good : .muted
    let (old, new) = (DecimalText.fixed(rate.old.megabits, 2), DecimalText.fixed(rate.new.megabits, 2))
    let frameRate = rate.frameRate.map { ", \($0) pictures a second" } ?? ""
    let text = "\(old) → \(new) Mbit/s\(frameRate): \(TraceWords.rate(rate.reason.rawValue))"
    self.rateMarks.append(.init(x, color, text))
  }

  private mutating func add(_ outage: ControlTrace.Outage, at x: Double) {
    switch outage.phase {
    case .begin: self.outageStart = self.outageStart ?? x - outage.silence.inSeconds
    case .end:
      self.closeOutage(from: self.outageStart ?? x - outage.silence.inSeconds, to: x)
      self.outageStart = nil
    }
  }

  private mutating func closeOutage(from start: Double, to end: Double) {
    let (low, high) = (min(start, end), max(start, end))
    let text = "nothing came back for \(DecimalText.fixed((high - low) * 1000, 0)) ms"
    self.outages.append(.init(low...high, .bad, text))
  }

  private mutating func add(_ repair: ControlTrace.Repair, at x: Double) {
    switch repair.action {
    case .resend:
      let (sent, isTooMany) = repair.packetCount.multipliedReportingOverflow(by: repair.copies)
      self.count(at: x) { $0.resent += isTooMany ? 0 : sent }
    case .parity: self.count(at: x) { $0.parity += repair.packetCount }
    case .late, .refuse:
      self.repairMarks.append(
        .init(x, .warning, "\(repair.packetCount) packets: \(TraceWords.repair(repair.action.rawValue))")
      )
    case .keyframe, .refresh:
      self.repairMarks.append(.init(x, .series(3), TraceWords.repair(repair.action.rawValue)))
    }
  }

  private mutating func add(_ change: ControlTrace.Change, at x: Double) {
    let stream = TraceWords.stream(change)
    let carried = change.carried.map { ", taken to be \(DecimalText.fixed($0.megabits, 2)) Mbit/s" } ?? ""
    let why = TraceWords.change(change.reason.rawValue) + (change.reason == .path ? carried : "")
    switch change.phase {
    case .begin: break
    case .fail: self.changeMarks.append(.init(x, .bad, "\(stream) could not be had; asked for because of: \(why)"))
    case .done:
      self.changeMarks.append(.init(x, .series(4), "\(stream), because of: \(why)"))
      self.closeStream(at: x)
      self.currentStream = (stream, x)
    }
  }

  private mutating func closeStream(at x: Double) {
    let start = min(self.currentStream.start, x)
    self.streams.append((self.currentStream.text, start...x))
  }

  private mutating func enter(_ mode: ControlTrace.Mode, at x: Double) {
    guard let current = self.currentMode else {
      self.currentMode = (mode, x)
      return
    }
    guard current.mode != mode else { return }
    self.modes.append((current.mode, min(current.start, x)...x))
    self.currentMode = (mode, x)
  }

  private mutating func count(at x: Double, _ body: (inout Bucket) -> Void) {
    body(&self.buckets[Int((x - self.range.lowerBound) / self.bucketSeconds), default: Bucket()])
  }

  private mutating func finish() {
    let end = self.range.upperBound
    if let start = self.outageStart { self.closeOutage(from: start, to: end) }
    if !self.streams.isEmpty { self.closeStream(at: end) }
    if let current = self.currentMode { self.modes.append((current.mode, min(current.start, end)...end)) }
    for index in 0...Int((end - self.range.lowerBound) / self.bucketSeconds) {
      let bucket = self.buckets[index] ?? Bucket()
      let x = self.range.lowerBound + Double(index) * self.bucketSeconds
      self.lost.append(ChartPoint(x, Double(bucket.lost)))
      self.marked.append(ChartPoint(x, Double(bucket.marked)))
      self.resent.append(ChartPoint(x, Double(bucket.resent)))
      self.parity.append(ChartPoint(x, Double(bucket.parity)))
    }
  }
}
