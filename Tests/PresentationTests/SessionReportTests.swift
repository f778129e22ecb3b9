import Foundation
import MediaUnits
import Testing

@testable import SessionReport

@Suite("Session report")
struct SessionReportTests {
  /// A frame whose stages take 1, 2, 3 … ms, captured at `at`.
  static func frame(_ index: Int64, at instant: Int64) -> FrameLedger {
    var frame = FrameLedger()
    frame.frameIndex = index
    frame.damaged = instant - 1_000_000
    frame.captured = instant
    frame.converted = frame.captured + 2_000_000
    frame.encoded = frame.converted + 3_000_000
    frame.sent = frame.encoded + 4_000_000
    frame.firstReceived = frame.sent + 5_000_000
    frame.completed = frame.firstReceived + 6_000_000
    frame.decoded = frame.completed + 7_000_000
    frame.presented = frame.decoded + 8_000_000
    frame.byteCount = 1234
    frame.packetCount = 2
    frame.isKeyframe = index == 0
    return frame
  }

  /// A plausible minute with a rough patch in it, the same for the same seed.
  static func session(seed: UInt64, seconds: Int64 = 60) -> SessionSummary {
    var random = SplitMix64(seed: seed)
    func jitter(_ nanoseconds: Double) -> Int64 {
      let uniform = (Double(random.next() >> 11) + 1) / 9_007_199_254_740_992
      return Int64(nanoseconds * (0.6 - 0.45 * log(uniform)))
    }
    var recorder = SessionRecorder()
    for second in 1...seconds {
      let isRough = (24...29).contains(second)
      var sample = SecondSample()
      sample.second = second
      for index in 0..<60 {
        if isRough, random.next() % 40 == 0 {
          recorder.recordLostFrame()
          sample.framesLost += 1
          continue
        }
        var frame = FrameLedger()
        frame.frameIndex = second * 60 + Int64(index)
        frame.damaged = second * 1_000_000_000 + Int64(index) * 16_666_667
        frame.captured = frame.damaged + jitter(700_000)
        frame.converted = frame.captured + jitter(900_000)
        frame.encoded = frame.converted + jitter(4_200_000)
        frame.sent = frame.encoded + jitter(250_000)
        frame.firstReceived = frame.sent + 6_000_000 + jitter(isRough ? 5_000_000 : 400_000)
        frame.completed = frame.firstReceived + jitter(isRough ? 9_000_000 : 2_200_000)
        frame.decoded = frame.completed + jitter(1_900_000)
        frame.presented = frame.decoded + jitter(600_000)
        frame.isKeyframe = frame.frameIndex % 600 == 0
        recorder.record(frame)
        sample.framesReceived += 1
        sample.framesDecoded += 1
        if index % 15 == 0 {
          recorder.recordInput(nanoseconds: frame.decoded - frame.captured + 6_000_000 + jitter(9_000_000))
        }
      }
      sample.bitsPerSecond = 12_000_000 + jitter(2_000_000)
      sample.packetsReceived = 1400
      sample.packetsLost = isRough ? Int64(random.next() % 60) : random.next() % 9 == 0 ? 2 : 0
      sample.roundTripNanoseconds = 12_000_000 + jitter(500_000)
      recorder.record(sample)
    }
    var summary = recorder.summary
    summary.host = "miner-7.example"
    summary.game = "Freedoom"
    (summary.pictureWidth, summary.pictureHeight, summary.frameRate) = (1280, 720, 60)
    summary.durationNanoseconds = seconds * 1_000_000_000
    summary.handshakeNanoseconds = 14_200_000
    summary.firstPictureNanoseconds = 61_500_000
    summary.framesCaptured = summary.framesDecoded + summary.framesLost
    summary.bytesReceived = 95_000_000
    summary.packetsReceived = 84_000
    summary.packetsLost = 190
    summary.packetsRetransmitted = 171
    summary.audioPacketsReceived = 5_990
    summary.audioPacketsLost = 10
    summary.audioPacketsConcealed = 9
    return summary
  }

  @Test("a histogram's percentiles are within 1 % of the sorted values'", arguments: [1, 2, 3] as [UInt64])
  func histogramError(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var histogram = LatencyHistogram()
    var values: [Int64] = []
    for _ in 0..<5_000 {
      // All magnitudes up to 2^38 ns alike.
      let value = Int64(random.next() >> (26 + random.next() % 36))
      values.append(value)
      histogram.record(nanoseconds: value)
    }
    values.sort()
    for percent in [0, 1, 50, 90, 99, 99.9, 100] {
      let exact = values[max(0, Int((percent / 100 * 5_000).rounded(.up)) - 1)]
      let found = histogram.percentile(percent) ?? -1
      #expect(abs(Double(found - exact)) <= 0.01 * Double(exact), "p\(percent): \(found) for \(exact)")
    }
    #expect(histogram.maximumNanoseconds == values.last)
    #expect(histogram.minimumNanoseconds == values.first)
  }

  @Test("what never happened is the worst of all percentiles")
  func missing() {
    var histogram = LatencyHistogram()
    for value in 1...98 { histogram.record(nanoseconds: Int64(value)) }
    for _ in 0..<2 { histogram.recordMissing() }
    #expect(histogram.percentile(50) == 50)
    #expect(histogram.percentile(98) == 98)
    #expect(histogram.percentile(99) == nil)
    #expect(LatencyHistogram().percentile(50) == nil)
  }

  @Test("values outside of a histogram's range count at its ends")
  func histogramRange() {
    var histogram = LatencyHistogram()
    histogram.record(nanoseconds: -5)
    histogram.record(nanoseconds: .max)
    #expect(histogram.percentile(50) == 0)
    #expect(histogram.percentile(100) == LatencyHistogram.limit)
  }

  @Test("merged histograms are those of all values")
  func merge() {
    var random = SplitMix64(seed: 9)
    var parts = [LatencyHistogram](repeating: LatencyHistogram(), count: 3)
    var whole = LatencyHistogram()
    for index in 0..<999 {
      let value = Int64(random.next() % 50_000_000)
      parts[index % 3].record(nanoseconds: value)
      whole.record(nanoseconds: value)
    }
    parts[1].recordMissing()
    whole.recordMissing()
    var merged = LatencyHistogram()
    for part in parts { merged.merge(part) }
    #expect(merged == whole)
  }

  @Test("a frame's stages are the times between its instants; unknown ones are left out")
  func stages() {
    var frame = Self.frame(0, at: 100_000_000)
    let times = LatencyStage.allCases.map { frame.nanoseconds(in: $0) }
    let expected: [Int64?] = [1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000, 6_000_000, 7_000_000, 8_000_000]
    #expect(times == expected)
    #expect(frame.drawnToDecoded == 28_000_000)
    frame.encoded = 0
    #expect(frame.nanoseconds(in: .encode) == nil)
    #expect(frame.nanoseconds(in: .send) == nil)
  }

  @Test("the recorder counts frames, means and losses")
  func recorder() {
    var recorder = SessionRecorder()
    recorder.record(Self.frame(0, at: 1_000_000_000))
    var undecoded = Self.frame(1, at: 1_016_000_000)
    undecoded.decoded = 0
    undecoded.presented = 0
    recorder.record(undecoded)
    recorder.recordLostFrame()
    #expect(!recorder.summary.text.contains("intra refresh"))
    var refreshed = Self.frame(2, at: 1_032_000_000)
    refreshed.isKeyframe = false
    refreshed.isRefreshed = true
    recorder.record(refreshed)
    recorder.recordInput(nanoseconds: 40_000_000)
    recorder.recordInput(nanoseconds: nil)
    let sample = recorder.record(SecondSample())
    let summary = recorder.summary
    #expect([summary.framesReceived, summary.framesDecoded, summary.framesLost] == [3, 2, 2])
    #expect(summary.keyframes == 1 && summary.refreshes == 1)
    #expect(summary.text.contains("1 loss mended by intra refresh"))
    #expect(summary.json.contains("\"refreshes\": 1") || summary.json.contains("\"refreshes\":1"))
    #expect(summary.drawnToDecoded.missingCount == 2)
    #expect(summary.inputToDecoded.percentile(100) == nil)
    #expect(sample.stageNanoseconds == (1...8).map { Int64($0) * 1_000_000 })
  }

  @Test("a day's samples stay within their bound and keep their counts")
  func sampleMerging() {
    var recorder = SessionRecorder()
    for second in 1...86_400 {
      var sample = SecondSample()
      sample.second = Int64(second)
      sample.framesDecoded = 60
      sample.bitsPerSecond = 10_000_000
      recorder.record(sample)
    }
    let samples = recorder.summary.samples
    #expect(samples.count < SessionRecorder.maximumSampleCount)
    #expect(samples.count > SessionRecorder.maximumSampleCount / 4)
    #expect(samples.allSatisfy { $0.framesDecoded == 60 * recorder.summary.secondsPerSample })
    #expect(samples.allSatisfy { $0.bitsPerSecond == 10_000_000 })
  }

  @Test("the text says what happened in aligned columns")
  func text() {
    var recorder = SessionRecorder()
    for index in 0..<100 { recorder.record(Self.frame(Int64(index), at: 1_000_000_000 + Int64(index) * 16_666_667)) }
    recorder.recordLostFrame()
    var summary = recorder.summary
    (summary.host, summary.game) = ("example", "Freedoom")
    (summary.pictureWidth, summary.pictureHeight, summary.frameRate) = (640, 480, 60)
    summary.durationNanoseconds = 1_683_000_000
    summary.framesCaptured = 101
    summary.bytesReceived = 1_234_567
    summary.packetsReceived = 1_990
    summary.packetsLost = 10
    summary.playedSound = PlayedSound(
      waitingNanoseconds: 17_600_000,
      shortageCount: 3,
      stopCount: 1,
      clockPartsPerMillion: -12.4,
      peak: 0
    )
    #expect(
      summary.text == """
        Freedoom on example: 640x480 at 60 Hz, 1.7 s

        frames    101 captured, 100 decoded (59.4/s), 1 lost, 0 late
        packets   1,990 received, 10 lost (0.50 %), 0 sent again
        sound     0 packets received, 0 lost, 0 concealed
                  18 ms waiting, 3 short, 1 stops, host's clock -12 ppm fast, silent
        received  1,234,567 bytes, 5.87 Mbit/s
        start     handshake 0.00 ms, first picture after 0.00 ms
        frozen    0 times, 0.0 s; 0 small stutters

        milliseconds              p50      p95      p99    p99.9      max    never
          capture                1.00     1.00     1.00     1.00     1.00        0
          convert                2.00     2.00     2.00     2.00     2.00        0
          encode                 3.00     3.00     3.00     3.00     3.00        0
          send                   4.00     4.00     4.00     4.00     4.00        0
          network                5.00     5.00     5.00     5.00     5.00        0
          assemble               6.00     6.00     6.00     6.00     6.00        0
          decode                 7.00     7.00     7.00     7.00     7.00        0
          present                8.00     8.00     8.00     8.00     8.00        0
        drawn to decoded        28.00    28.00    28.00    never    28.00        1
        input to decoded            –        –        –        –        –        –
        round trip                  –        –        –        –        –        –

        """
    )
  }

  @Test("the summary's JSON parses and says the same as the summary")
  func json() throws {
    var summary = Self.session(seed: 4, seconds: 5)
    summary.game = "quotes \" and \\ and \n and ü"
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(summary.json.utf8)) as? [String: Any]
    )
    #expect(object["game"] as? String == summary.game)
    #expect(object["frames_decoded"] as? Int == 300)
    #expect((object["samples"] as? [Any])?.count == 5)
    #expect(object["played_sound"] == nil)
    summary.playedSound = PlayedSound(
      waitingNanoseconds: 17_600_000,
      shortageCount: 3,
      stopCount: 1,
      clockPartsPerMillion: -12.4,
      peak: 999
    )
    let played = try #require(
      try JSONSerialization.jsonObject(with: Data(summary.json.utf8)) as? [String: Any]
    )
    #expect(
      played["played_sound"] as? [String: Double]
        == ["waiting_ns": 17_600_000, "shortages": 3, "stops": 1, "clock_ppm": -12.4, "peak": 999]
    )
    let delay = try #require(object["drawn_to_decoded"] as? [String: Any])
    #expect(delay["p99_ns"] as? Int64 == summary.drawnToDecoded.percentile(99))
    #expect((object["stages"] as? [String: Any])?.count == LatencyStage.allCases.count)
  }

  @Test("a statistics file has one line a record, in order")
  func statisticsFile() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      var file = try StatisticsFile(path: path)
      try file.append(Self.frame(7, at: 100_000_000))
      try file.append(SecondSample())
      try file.append(SessionSummary())
      try file.append(Self.frame(8, at: 200_000_000))
    }
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let expected = #"""
      {"type":"frame","frame":7,"damaged_ns":99000000,"captured_ns":100000000,"converted_ns":102000000,\#
      "encoded_ns":105000000,"sent_ns":109000000,"first_received_ns":114000000,"completed_ns":120000000,\#
      "decoded_ns":127000000,"presented_ns":135000000,"input_sequence":-1,"bytes":1234,"packets":2,\#
      "retransmitted_packets":0,"keyframe":false}
      """#
    #expect(lines.first.map(String.init) == expected)
    let types = try lines.map { line in
      (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["type"] as? String
    }
    #expect(types == ["frame", "second", "summary", "frame"])
  }

  @Test("the HTML is well-formed, needs nothing from outside, and escapes names")
  func html() throws {
    var summary = Self.session(seed: 1)
    summary.game = "<script>alert(1)</script>"
    let html = HTMLReport.render(summary)
    // The page's own script is the only one.
    #expect(html.components(separatedBy: "<script").count == 2 && !html.contains("alert(1)</script>"))
    #expect(!html.contains("http"))
    #expect(html.contains("&lt;script&gt;"))
    for heading in ["Where the time goes", "Over time", "How often it was slower", "All numbers"] {
      #expect(html.contains("<h2>\(heading)</h2>"))
    }
    // Every element but the void ones is closed: count what opens and what closes.
    for tag in ["svg", "g", "section", "table", "tr", "td", "th", "div", "p", "text", "dl", "title"] {
      let opened = html.components(separatedBy: "<\(tag)>").count + html.components(separatedBy: "<\(tag) ").count - 2
      let closed = html.components(separatedBy: "</\(tag)>").count - 1
      #expect(opened == closed, "\(tag)")
    }
    #expect(!html.contains("nan") && !html.contains("inf\""))
  }

  @Test("a session without a single picture still has a report")
  func empty() {
    let summary = SessionSummary()
    #expect(HTMLReport.render(summary).contains("All numbers"))
    #expect(summary.text.contains("drawn to decoded            –"))
  }

  @Test("the status line shows what fits, the most telling first")
  func statusLine() {
    var sample = SecondSample()
    sample.framesDecoded = 60
    sample.bitsPerSecond = 12_340_000
    sample.packetsReceived = 990
    sample.packetsLost = 10
    sample.roundTripNanoseconds = 12_500_000
    sample.stageNanoseconds = [1_000_000, 1_000_000, 4_000_000, 0, 6_000_000, 2_000_000, 2_000_000, 0]
    #expect(
      StatusLine.text(sample, width: 90)
        == "60 fps  16.0 ms  12.3 Mbit/s  loss 1.0 %  rtt 12.5 ms  [cvEEEENNNNNNaaDD]  0 lost"
    )
    #expect(StatusLine.text(sample, width: 30) == "60 fps  16.0 ms  12.3 Mbit/s")
    #expect(StatusLine.text(sample, width: 3) == "")
  }

  @Test("a contact sheet places pictures, scales them, and writes their times")
  func contactSheet() {
    var sheet = ContactSheet(thumbnail: PictureSize(width: 64, height: 36), columns: 2, capacity: 3)
    #expect(sheet.size == PictureSize(width: 8 + 2 * 72, height: 8 + 2 * (36 + 18 + 8)))
    let colors: [UInt32] = [0xFF0000, 0x00FF00, 0x0000FF]
    for (index, color) in colors.enumerated() {
      let picture = TestPicture(width: 200, height: 100) { _, _ in color }
      let time = Duration.milliseconds(61_250 * index)
      let isAdded = sheet.add(picture.view, at: time)
      #expect(isAdded)
    }
    let extra = TestPicture(width: 4, height: 4) { _, _ in 0 }
    let isAdded = sheet.add(extra.view, at: .zero)
    #expect(!isAdded)
    let (pixels, width) = sheet.withPixels { view in
      let row = view.size.width
      let bytes = UnsafeRawBufferPointer(start: view.pixels, count: view.stride * view.size.height)
      return ((0..<row * view.size.height).map { bytes.load(fromByteOffset: 4 * $0, as: UInt32.self) }, row)
    }
    #expect(pixels[10 * width + 10] == 0xFF0000)
    #expect(pixels[10 * width + 85] == 0x00FF00)
    #expect(pixels[75 * width + 10] == 0x0000FF)
    // The top row of the first caption's "0": three font pixels of two each, then the gap.
    let caption = (8..<16).map { pixels[(8 + 36 + 4) * width + $0] == 0xE6_E8EC }
    #expect(caption == [true, true, true, true, true, true, false, false])
    #expect(ContactSheet.caption(.milliseconds(61_250)) == "1:01.250")
  }
}
