import SessionReport
import Testing

@Suite("Why a picture froze")
struct StutterAnalysisTests {
  private static let millisecond: Int64 = 1_000_000

  /// Frame number `index` of a game at 60 Hz, each of its steps taking 2 ms.
  private static func frame(_ index: Int64, drawnAt milliseconds: Int64? = nil) -> FrameLedger {
    var frame = FrameLedger()
    frame.frameIndex = index
    let start = (milliseconds ?? 1000 + index * 50 / 3) * Self.millisecond
    frame.damaged = start
    frame.packetCount = 12
    for (step, path) in Self.steps.enumerated() {
      frame[keyPath: path] = start + Int64(step + 1) * 2 * Self.millisecond
    }
    return frame
  }

  private static var steps: [WritableKeyPath<FrameLedger, Int64>] {
    [
      \.captured, \.converted, \.encoded, \.sent, \.firstReceived, \.completed, \.decoded, \.presented,
    ]
  }

  /// A minute's beginning, smooth, then what `change` makes of frame 100, which is late by `delay` from `step` on.
  private static func analysis(
    lateFrom step: Int? = nil,
    by delay: Int64 = 400,
    _ change: (inout FrameLedger) -> Void = { _ in }
  ) -> StutterAnalysis {
    var analysis = StutterAnalysis()
    for index: Int64 in 0..<100 { analysis.record(Self.frame(index)) }
    var late = Self.frame(100)
    if let step { for path in Self.steps[step...] { late[keyPath: path] += delay * Self.millisecond } }
    change(&late)
    analysis.record(late)
    return analysis
  }

  @Test(
    "the step that took the time names the cause",
    arguments: zip(
      [0, 1, 2, 3, 4, 5, 6, 7],
      [
        Freeze.Cause.captureLate, .encoderOverBudget, .encoderOverBudget, .sendLate, .pathOutage, .queue, .decoderSlow,
        .presentationLate,
      ]
    )
  )
  func steps(step: Int, cause: Freeze.Cause) throws {
    let analysis = Self.analysis(lateFrom: step)
    let freeze = try #require(analysis.freezes.first)
    #expect(freeze.cause == cause)
    #expect(freeze.frameIndex == 100)
    #expect((410...420).contains(freeze.nanoseconds / Self.millisecond))
    #expect(freeze.evidence.contains("402 ms") || cause == .pathOutage, "\(freeze.evidence)")
    #expect(analysis.freezeCount == 1 && analysis.counts[cause.rawValue] == 1)
  }

  @Test("a delay that had been growing is a queue")
  func queue() throws {
    var analysis = StutterAnalysis()
    for index: Int64 in 0..<100 { analysis.record(Self.frame(index)) }
    for (index, delay) in [(Int64(100), Int64(60)), (101, 400)] {
      var frame = Self.frame(index)
      for path in Self.steps[4...] { frame[keyPath: path] += delay * Self.millisecond }
      analysis.record(frame)
    }
    let freeze = try #require(analysis.freezes.first)
    #expect(freeze.cause == .queue)
    #expect(freeze.evidence.contains("one-way delay rose from"))
    // The frame before was late by more than an interval already.
    #expect(analysis.stutterCount == 1)
  }

  @Test("packets that came only when asked for again are burst loss")
  func burstLoss() throws {
    let analysis = Self.analysis(lateFrom: 5) { $0.retransmittedPacketCount = 9 }
    let freeze = try #require(analysis.freezes.first)
    #expect(freeze.cause == .burstLoss)
    #expect(freeze.evidence == "9 of 12 packets of frame 100 missing, repaired after 402 ms")
  }

  @Test("frames that never came are told from the key frame that mended them")
  func keyframe() throws {
    var analysis = StutterAnalysis()
    for index: Int64 in 0..<100 { analysis.record(Self.frame(index)) }
    var mended = Self.frame(120)
    mended.isKeyframe = true
    analysis.record(mended)
    #expect(analysis.freezes.first?.cause == .keyframeWait)
    #expect(analysis.freezes.first?.evidence.contains("20 frames after 99") == true)
  }

  @Test("frames that never came are told from the picture that was drawn anew part by part")
  func refresh() throws {
    var analysis = StutterAnalysis()
    for index: Int64 in 0..<100 { analysis.record(Self.frame(index)) }
    var mended = Self.frame(149)
    mended.isRefreshed = true
    analysis.record(mended)
    let freeze = try #require(analysis.freezes.first)
    #expect(freeze.cause == .refreshWait)
    #expect(freeze.evidence.contains("49 frames after 99") && freeze.evidence.contains("833 ms"), "\(freeze.evidence)")
  }

  @Test("a host that takes no picture, nor repeats the last, is to blame")
  func hostStill() {
    var analysis = StutterAnalysis()
    for index: Int64 in 0..<100 { analysis.record(Self.frame(index)) }
    analysis.record(Self.frame(100, drawnAt: 3050))
    #expect(analysis.freezes.first?.cause == .hostStill)
  }

  @Test("a still picture and a game that draws slowly are no stutter")
  func still() {
    var analysis = StutterAnalysis()
    for index: Int64 in 0..<100 { analysis.record(Self.frame(index)) }
    var at: Int64 = 2650
    var index: Int64 = 100
    for interval: Int64 in [50, 50, 50, 50, 500, 500, 500, 500, 320, 17, 17, 17] {
      at += interval
      analysis.record(Self.frame(index, drawnAt: at))
      index += 1
    }
    #expect(analysis.freezeCount == 0, "\(analysis.freezes)")
    var slow = StutterAnalysis()
    for index: Int64 in 0..<400 { slow.record(Self.frame(index, drawnAt: 1000 + index * 1000 / 35)) }
    #expect(slow.freezeCount == 0 && slow.stutterCount == 0)
  }

  @Test("without the host's instants, and with thin evidence, the cause stays unknown")
  func unknown() {
    let analysis = Self.analysis(lateFrom: 0) { frame in
      for path in Self.steps[..<7] { frame[keyPath: path] = 0 }
      frame.damaged = 0
      frame.decoded = frame.presented
    }
    #expect(analysis.freezes.first?.cause == .unknown)
  }

  @Test("another host's first picture ends no freeze, and memory stays bounded")
  func bounds() {
    var analysis = StutterAnalysis()
    for index: Int64 in 0..<100 { analysis.record(Self.frame(index)) }
    analysis.hostChanged()
    analysis.record(Self.frame(900))
    #expect(analysis.freezeCount == 0)
    for index: Int64 in 901..<30_000 {
      var frame = Self.frame(index)
      if index % 100 == 0 { frame.presented += 400 * Self.millisecond }
      analysis.record(frame)
    }
    #expect(analysis.freezes.count == StutterAnalysis.maximumFreezeCount)
    #expect(analysis.freezeCount > 200)
  }

  @Test("summary, JSON and report tell of a freeze with its evidence")
  func reports() {
    var recorder = SessionRecorder()
    for index: Int64 in 0..<100 { recorder.record(Self.frame(index)) }
    var late = Self.frame(100)
    for path in Self.steps[2...] { late[keyPath: path] += 400 * Self.millisecond }
    recorder.record(late)
    let summary = recorder.summary
    #expect(summary.text.contains("encoder over budget: encode rose from 2 ms to 402 ms"))
    #expect(summary.json.contains(#""cause":"encoder over budget""#))
    #expect(HTMLReport.render(summary).contains("encode rose from 2 ms to 402 ms"))
  }
}
