import MediaUnits
import SessionTrace
import Transport

extension Parser {
  /// A session's trace, in pieces, with all that is made of it.
  static func sessionTrace() -> Parser {
    Parser(name: "session-trace", valid: [Self.trace(Self.traceRecords), Self.trace([])], longest: 1600) { bytes in
      var reader = TraceReader(limit: 64)
      do {
        let middle = bytes.count / 3
        try reader.read(Array(bytes[..<middle]))
        try reader.read(Array(bytes[middle...]))
        let recording = try reader.finish()
        let summary = TraceSummary(recording)
        precondition(summary.picturesSkipped <= summary.picturesPlanned, "what is skipped was planned")
        precondition(recording.records.count <= 64, "the limit holds")
        precondition(summary.text.split(separator: "\n").allSatisfy { $0.count <= 78 }, "a terminal holds each line")
        // A page takes longer to make than everything else together.
        if bytes.count % 8 == 0 { precondition(!TracePage.render(recording).isEmpty, "there is a page") }
        return recording.malformedLineCount == 0
      } catch {
        return false
      }
    }
  }

  private static func trace(_ records: [ControlTrace]) -> [UInt8] {
    var text = TraceText()
    let started = Instant(nanoseconds: 1_000_000_000)
    text.append(
      TraceHeader(
        startedAt: started,
        unixNanoseconds: 1,
        software: "martlet",
        session: "s \"1\"",
        game: "a",
        codec: "h264",
        encoder: "libx264",
        picture: PictureSize(width: 640, height: 360),
        frameRate: 60,
        maximumBitrate: .megabits(5)
      )
    )
    for (index, record) in records.enumerated() {
      text.append(ControlTrace.Record(at: started + .milliseconds(16 * index), record))
    }
    text.appendDropped(3, at: started + .seconds(1))
    return text.bytes
  }

  private static let traceRecords: [ControlTrace] = [
    .rate(.init(old: .megabits(0), new: .megabits(5), reason: .start, mode: .starting, utilization: 0.4)),
    .plan(
      .init(
        frame: 0,
        decision: .skip,
        reason: .queue,
        mode: .draining,
        budget: 9000,
        bitrate: .megabits(5),
        capacity: .megabits(7),
        outstanding: 100,
        queued: 50
      )
    ),
    .frame(
      .init(
        frame: 0,
        byteCount: 9001,
        packetCount: 9,
        isKeyframe: true,
        captureTime: .milliseconds(1),
        encodeTime: .milliseconds(4)
      )
    ),
    .release(.init(packetCount: 9, byteCount: 9001, waiting: 0, rate: .megabits(9))),
    .feedback(
      .init(
        ackedPacketCount: 8,
        ackedByteCount: 8000,
        lostPacketCount: 1,
        markedPacketCount: 1,
        arrivalSpan: .milliseconds(3),
        roundTrip: .milliseconds(20),
        queueDelay: .milliseconds(2),
        received: .megabits(4),
        loss: 0.1
      )
    ),
    .outage(.init(phase: .begin, silence: .milliseconds(60), outstanding: 10)),
    .repair(.init(action: .resend, packetCount: 1, copies: 3, age: .milliseconds(30), roundTrip: .milliseconds(20))),
    .change(
      .init(
        phase: .done,
        reason: .path,
        picture: PictureSize(width: 640, height: 360),
        frameRate: 30,
        codec: .hevc,
        maximumBitrate: .megabits(9),
        carried: .megabits(1)
      )
    ),
  ]
}
