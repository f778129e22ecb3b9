import MediaUnits
import SessionTrace
import Testing
import Transport

@Suite("What a trace comes to")
struct TraceSummaryTests {
  private static func recording(_ records: [ControlTrace.Record]) -> TraceRecording {
    var recording = TraceRecording(header: SampleTrace.header)
    recording.records = records
    return recording
  }

  private static func plan(_ milliseconds: Int, _ frame: Int64, _ skip: ControlTrace.Plan.Reason?)
    -> ControlTrace.Record
  {
    let plan = ControlTrace.Plan(
      frame: frame,
      decision: skip == nil ? .encode : .skip,
      reason: skip ?? .fits,
      budget: 1000,
      bitrate: .megabits(2),
      outstanding: 100
    )
    return ControlTrace.Record(at: .zero + .milliseconds(milliseconds), .plan(plan))
  }

  private static func frame(_ milliseconds: Int, _ frame: Int64, byteCount: Int) -> ControlTrace.Record {
    let sent = ControlTrace.Frame(
      frame: frame,
      byteCount: byteCount,
      packetCount: 1,
      isKeyframe: frame == 0,
      captureTime: .milliseconds(1),
      encodeTime: .milliseconds(4)
    )
    return ControlTrace.Record(at: .zero + .milliseconds(milliseconds), .frame(sent))
  }

  @Test("counts pictures, their reasons, the longest gap and frames over their budget")
  func pictures() {
    let summary = TraceSummary(
      Self.recording([
        Self.plan(0, 0, nil), Self.frame(5, 0, byteCount: 1000), Self.plan(16, 1, .outstanding),
        Self.plan(33, 1, .outstanding), Self.plan(50, 1, .decoder), Self.plan(66, 1, nil),
        Self.frame(70, 1, byteCount: 1001),
      ])
    )
    #expect(summary.picturesPlanned == 5)
    #expect(summary.skipReasons == ["outstanding": 2, "decoder": 1])
    #expect(summary.skippedShare == 0.6)
    #expect(summary.longestFrameGapMilliseconds.map { abs($0 - 65) < 1e-6 } ?? false)
    #expect(summary.framesOverBudget == 1)
    #expect(summary.keyframesSent == 1)
    #expect(summary.frameBytes == 2001)
  }

  @Test("tells of outages from their silence's start, also of one that has no end")
  func outages() {
    func outage(_ milliseconds: Int, _ phase: ControlTrace.Outage.Phase, _ silence: Int) -> ControlTrace.Record {
      ControlTrace.Record(
        at: .zero + .milliseconds(milliseconds),
        .outage(.init(phase: phase, silence: .milliseconds(silence), outstanding: 0))
      )
    }
    let summary = TraceSummary(
      Self.recording([
        outage(1100, .begin, 100), outage(3000, .end, 2000), outage(5100, .begin, 100), Self.plan(6000, 3, .outage),
      ])
    )
    #expect(summary.outages.map(\.isOpen) == [false, true])
    #expect(summary.outages.map { ($0.milliseconds).rounded() } == [2000, 1000])
    #expect(summary.outages.map { ($0.startSeconds * 1000).rounded() } == [1000, 5000])
  }

  @Test("tells the whole of a session in lines that a terminal holds", arguments: [5, 6] as [UInt64])
  func text(seed: UInt64) throws {
    var reader = TraceReader()
    try reader.read(SampleTrace(seed: seed).bytes)
    let summary = TraceSummary(try reader.finish())
    let lines = summary.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 78 })
    #expect(summary.outages.count == 1)
    #expect(summary.text.contains("the path was silent"))
    #expect(summary.text.contains("at 12.01 s, 1493 ms"))
    #expect(summary.skipReasons["outage"] ?? 0 > 80)
    #expect(summary.text.contains("at 8.00 s 640x360@30 hevc: what the path carries (failed)\n"))
    #expect(summary.changes.map(\.isFailed) == [true, false])
  }

  @Test("draws a page that stands by itself and takes nothing from the trace for markup")
  func page() throws {
    var reader = TraceReader()
    try reader.read(SampleTrace(seed: 5).bytes)
    let recording = try reader.finish()
    let page = TracePage.render(recording)
    #expect(!page.contains("s_\"7\\<b>"))
    #expect(page.contains("s_&quot;7\\&lt;b&gt;"))
    #expect(!page.contains("://"))
    for heading in ["Rate", "Under way", "Delay of the path", "Size of frames", "Loss and repair", "Decisions"] {
      #expect(page.contains("<h3>\(heading)</h3>"), "\(heading)")
    }
    #expect(page.contains("nothing came back for 1493 ms"))
    #expect(page.contains("640 × 360 at 30 Hz, HEVC, because of: what the path carries, taken to be 1.50 Mbit/s"))
    #expect(page.contains("Picture, frame rate and codec") && page.contains("1280 × 720 at 60 Hz, H.264"))
    // All charts of time show the same of it.
    let ranges = page.matches(of: /data-kind="time" (data-from="[0-9.]+" data-to="[0-9.]+")/).map(\.output.1)
    #expect(ranges.count == 7)
    #expect(Set(ranges).count == 1)
  }

  @Test("draws a page of a trace that has nothing in it")
  func emptyPage() {
    let page = TracePage.render(Self.recording([]))
    #expect(page.contains("There are no records"))
  }
}
