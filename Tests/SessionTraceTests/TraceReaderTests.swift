import MediaUnits
import SessionTrace
import Testing
import Transport

@Suite("Reading and writing session traces")
struct TraceReaderTests {
  /// Reads `bytes` in pieces of `pieceByteCount`.
  private static func read(_ bytes: [UInt8], pieceByteCount: Int = 1000, limit: Int? = nil) throws -> TraceRecording {
    var reader = TraceReader(limit: limit ?? TraceReader.maximumRecordCount)
    for start in stride(from: 0, to: bytes.count, by: pieceByteCount) {
      try reader.read(Array(bytes[start..<min(start + pieceByteCount, bytes.count)]))
    }
    return try reader.finish()
  }

  private static func line(_ record: ControlTrace) -> String {
    var text = TraceText()
    text.append(SampleTrace.header)
    text.removeAll()
    text.append(ControlTrace.Record(at: SampleTrace.header.startedAt + .microseconds(1500), record))
    return String(decoding: text.bytes, as: UTF8.self)
  }

  private static let header: String = {
    var text = TraceText()
    text.append(SampleTrace.header)
    return String(decoding: text.bytes, as: UTF8.self)
  }()

  @Test("writes what Protocol/trace.md shows")
  func golden() {
    #expect(
      Self.header == """
        {"martlet_trace":1,"clock":"ns","started_ns":5000000000,"unix_ns":1764000000000000000,\
        "software":"martlet 0.1.0","session":"s_\\"7\\\\<b>","game":"Freedoom & more","codec":"h264",\
        "encoder":"libx264","width_px":1280,"height_px":720,"frame_rate":60,"maximum_bps":20000000,"resumed":true}

        """
    )
    let plan = ControlTrace.Plan(
      frame: 12,
      decision: .skip,
      reason: .outstanding,
      mode: .draining,
      budget: 20_833,
      bitrate: .megabits(8),
      capacity: .megabits(10),
      outstanding: 41_000,
      queued: 18_000
    )
    #expect(
      Self.line(.plan(plan)) == """
        {"t":1500000,"e":"plan","frame":12,"do":"skip","why":"outstanding","mode":"draining","budget_bytes":20833,\
        "rate_bps":8000000,"capacity_bps":10000000,"outstanding_bytes":41000,"queued_bytes":18000}

        """
    )
    let rate = ControlTrace.Rate(
      old: .megabits(8),
      new: .megabits(6),
      reason: .queue,
      utilization: 0.9321,
      frameRate: 30
    )
    #expect(
      Self.line(.rate(rate)) == """
        {"t":1500000,"e":"rate","old_bps":8000000,"new_bps":6000000,"why":"queue","utilization_ppm":932100,\
        "frame_rate":30}

        """
    )
    #expect(
      Self.line(.repair(.init(action: .resend, packetCount: 2, copies: 3, age: .milliseconds(35)))) == """
        {"t":1500000,"e":"repair","do":"resend","packets":2,"copies":3,"age_ns":35000000}

        """
    )
    let change = ControlTrace.Change(
      phase: .done,
      reason: .path,
      picture: PictureSize(width: 640, height: 360),
      frameRate: 60,
      codec: .h264,
      maximumBitrate: .megabits(10),
      carried: .megabits(1.4)
    )
    #expect(
      Self.line(.change(change)) == """
        {"t":1500000,"e":"change","do":"done","why":"path","width_px":640,"height_px":360,"frame_rate":60,\
        "codec":"h264","maximum_bps":10000000,"carried_bps":1400000}

        """
    )
  }

  @Test("reads every record as it was written, in pieces of any size", arguments: [1, 7, 100, 1_000_000])
  func roundTrip(pieceByteCount: Int) throws {
    let sample = SampleTrace(seed: 3, seconds: pieceByteCount == 1 ? 3 : 16)
    let recording = try Self.read(sample.bytes, pieceByteCount: pieceByteCount)
    #expect(recording.header == SampleTrace.header)
    let written = sample.records.map { record -> ControlTrace.Record in
      var record = record
      record.at = Instant.zero + (record.at - SampleTrace.header.startedAt)
      return record
    }
    #expect(recording.records == written)
    #expect(recording.malformedLineCount == 0)
  }

  @Test("leaves lines out that make no sense, and counts them")
  func malformed() throws {
    let plan = Self.line(.outage(.init(phase: .begin, silence: .milliseconds(90), outstanding: 5)))
    let lines = [
      Self.header, plan, "nonsense\n", "{\"t\":5}\n", "{\"t\":5,\"e\":\"sunrise\"}\n",
      "{\"t\":5,\"e\":\"outage\",\"phase\":\"middle\",\"silence_ns\":1,\"outstanding_bytes\":1}\n",
      "{\"t\":5,\"e\":\"outage\",\"phase\":\"end\",\"silence_ns\":1,\"outstanding_bytes\":-1}\n",
      "{\"t\":99999999999999999999,\"e\":\"outage\"}\n", "{\"t\":5,\"e\":\"dropped\",\"records\":3}\n",
      "{\"x\":\"" + String(repeating: "y", count: 5000) + "\"}\n", plan, "{\"t\":6,\"e\":\"out",
    ]
    let recording = try Self.read(Array(lines.joined().utf8))
    #expect(recording.records.count == 2)
    #expect(recording.unknownLineCount == 2)
    #expect(recording.malformedLineCount == 6)
    #expect(recording.droppedCount == 3)
  }

  @Test("keeps so many records and says that there are more, and only those of the time asked for")
  func bounds() throws {
    let sample = SampleTrace(seed: 4, seconds: 4)
    let cut = try Self.read(sample.bytes, limit: 50)
    #expect(cut.records.count == 50)
    #expect(cut.isCut)
    #expect(cut.skippedRecordCount == sample.records.count - 50)
    var reader = TraceReader(window: .seconds(1) ... .seconds(2))
    try reader.read(sample.bytes)
    let part = try reader.finish()
    #expect(!part.isCut)
    #expect(part.seconds.lowerBound >= 1)
    #expect(part.seconds.upperBound <= 2)
    #expect(part.records.count > 200)
  }

  @Test("says why a file is no trace")
  func refusals() {
    #expect(throws: TraceError.empty) { try Self.read([]) }
    #expect(throws: TraceError.noHeader) { try Self.read(Array("{\"t\":1}\n".utf8)) }
    #expect(throws: TraceError.noHeader) { try Self.read([UInt8](repeating: 0x61, count: 100_000)) }
    let flat = Self.header.replacing("\"height_px\":720", with: "\"height_px\":0")
    #expect(throws: TraceError.noHeader) { try Self.read(Array(flat.utf8)) }
    #expect(throws: TraceError.unknownVersion(9)) {
      try Self.read(Array("{\"martlet_trace\":9,\"clock\":\"ns\"}\n".utf8))
    }
    #expect(throws: TraceError.nothingReadable(lineCount: 1)) { try Self.read(Array((Self.header + "x\n").utf8)) }
  }
}
