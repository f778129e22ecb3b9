import Foundation
import Logging
import MediaUnits
import SessionTrace
import Testing
import Transport

@testable import StreamHost

@Suite("Writing traces to files")
struct TraceWriterTests {
  private let directory: URL

  init() throws {
    self.directory = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-trace-\(UUID())")
    try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
  }

  private func remove() { try? FileManager.default.removeItem(at: self.directory) }

  private static func header(_ session: String) -> TraceHeader {
    TraceHeader(
      startedAt: Instant(nanoseconds: 1_000_000),
      unixNanoseconds: 1_769_860_800_000_000_000,
      software: "",
      session: session,
      game: "Test",
      codec: "h264",
      encoder: "libx264",
      picture: PictureSize(width: 640, height: 360),
      frameRate: 60,
      maximumBitrate: .megabits(5)
    )
  }

  private static func record(_ index: Int, in log: inout ControlTraceLog) {
    log.record(
      at: Instant(nanoseconds: 1_000_000 + Int64(index)),
      .release(.init(packetCount: 1, byteCount: index, waiting: 0))
    )
  }

  private static func read(_ path: String) throws -> TraceRecording {
    var reader = TraceReader()
    try reader.read(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    return try reader.finish()
  }

  @Test("names a file for each session, in a directory or beside the first")
  func names() throws {
    defer { self.remove() }
    let inside = try TraceDestination(path: self.directory.path, software: "martlet")
    #expect(
      inside.path(number: 2, unixSeconds: 1_769_860_800, session: "s_../7")
        == "\(self.directory.path)/20260131T120000Z-s_7-2.jsonl"
    )
    let file = try TraceDestination(path: self.directory.path + "/a.jsonl", software: "martlet")
    #expect(file.path(number: 1, unixSeconds: 0, session: "s") == self.directory.path + "/a.jsonl")
    #expect(file.path(number: 2, unixSeconds: 0, session: "s") == self.directory.path + "/a-2.jsonl")
    let bare = try TraceDestination(path: self.directory.path + "/trace", software: "martlet")
    #expect(bare.path(number: 3, unixSeconds: 0, session: "s") == self.directory.path + "/trace-3")
    #expect(throws: TraceDestination.Unusable.self) {
      try TraceDestination(path: self.directory.path + "/missing/a.jsonl", software: "martlet")
    }
    #expect(throws: TraceDestination.Unusable.self) {
      try TraceDestination(path: self.directory.path + "/missing/", software: "martlet")
    }
  }

  @Test("writes every record of two sessions, each to its own file, and what was dropped", .timeLimit(.minutes(1)))
  func sessions() throws {
    defer { self.remove() }
    let path = self.directory.path + "/t.jsonl"
    let writer = try TraceWriter(try TraceDestination(path: path, software: "martlet 9"), logger: Logger(label: "test"))
    writer.start()
    let buffers = ["one", "two"].map { writer.begin(Self.header($0)) }
    var logs = buffers.map { _ in ControlTraceLog(capacity: 8) }
    for index in 0..<900 {
      for (buffer, which) in zip(buffers, 0...1) {
        // The second logs more than its log holds in a turn.
        for _ in 0..<(which == 0 ? 1 : 10) { Self.record(index, in: &logs[which]) }
        buffer.take(from: &logs[which])
      }
    }
    buffers[0].close(with: &logs[0])
    buffers[1].close(with: &logs[1])
    writer.stop()
    let first = try Self.read(path)
    #expect(first.header.session == "one")
    #expect(first.header.software == "martlet 9")
    let byteCounts = first.records.map { record in
      if case .release(let release) = record.event { release.byteCount } else { -1 }
    }
    #expect(byteCounts == Array(0..<900))
    #expect(first.droppedCount == 0)
    let second = try Self.read(self.directory.path + "/t-2.jsonl")
    #expect(second.header.session == "two")
    #expect(second.records.count + second.droppedCount == 9000)
    #expect(second.droppedCount >= 1800)
  }

  @Test("never waits for the disk: what does not fit into its buffer is counted")
  func full() {
    defer { self.remove() }
    let buffer = TraceBuffer()
    var log = ControlTraceLog(capacity: 1000)
    for index in 0..<TraceBuffer.capacity + 500 {
      Self.record(index, in: &log)
      if index % 500 == 0 { buffer.take(from: &log) }
    }
    buffer.close(with: &log)
    var records: [ControlTrace.Record] = []
    let (droppedCount, isClosed) = buffer.swap(with: &records)
    #expect(records.count == TraceBuffer.capacity)
    #expect(droppedCount == 500)
    #expect(isClosed)
    let again = buffer.swap(with: &records)
    #expect(again.droppedCount == 0)
  }

  @Test("says where nothing can be written, and lets the session go on", .timeLimit(.minutes(1)))
  func unwritable() throws {
    defer { self.remove() }
    let destination = try TraceDestination(path: self.directory.path + "/t.jsonl", software: "martlet")
    try FileManager.default.removeItem(at: self.directory)
    let writer = try TraceWriter(destination, logger: Logger(label: "test"))
    writer.start()
    let buffer = writer.begin(Self.header("one"))
    var log = ControlTraceLog(capacity: 8)
    Self.record(1, in: &log)
    buffer.close(with: &log)
    writer.stop()
    #expect(!FileManager.default.fileExists(atPath: self.directory.path))
  }
}
