internal import MediaUnits
internal import Transport

/// Reads a trace piece by piece, as a file is read.
///
/// Lines that make no sense are counted and left out, for a trace is often looked at because something went wrong. Memory
/// is bounded by ``maximumRecordCount``, whatever the file is.
///
/// - Spec: Protocol/trace.md.
public struct TraceReader: Sendable {
  /// Records kept at most: half an hour with everything in it.
  public static let maximumRecordCount = 2_000_000
  /// Of a line; the writer's are shorter than a quarter of it.
  public static let maximumLineByteCount = 4096
  static let maximumTextByteCount = 200

  /// Which records are kept, since the session's start.
  private let window: ClosedRange<Duration>
  private let limit: Int
  private var fields = TraceFields()
  private var pending: [UInt8] = []
  /// The line that is being read is too long, and all of it is left out.
  private var isSkipping = false
  private var isStarted = false
  private var recording: TraceRecording?

  /// - Parameters:
  ///   - window: which records are kept, since the session's start.
  ///   - limit: how many.
  public init(
    window: ClosedRange<Duration> = .zero ... .seconds(1_000_000_000),
    limit: Int = TraceReader.maximumRecordCount
  ) {
    self.window = window
    self.limit = limit
  }

  /// Takes the next piece of the file.
  ///
  /// - Throws: ``TraceError`` as soon as it is plain that this is no trace.
  public mutating func read(_ piece: [UInt8]) throws(TraceError) {
    var rest = piece[...]
    while let end = rest.firstIndex(of: 0x0A) {
      try self.take(rest[..<end])
      rest = rest[(end + 1)...]
    }
    guard !self.isSkipping, self.pending.count + rest.count <= Self.maximumLineByteCount else {
      self.pending.removeAll(keepingCapacity: true)
      self.isSkipping = true
      return
    }
    self.pending.append(contentsOf: rest)
  }

  /// What was read. A last line without its end, as a program that was killed leaves it, is read if it can be.
  public mutating func finish() throws(TraceError) -> TraceRecording {
    if !self.pending.isEmpty || self.isSkipping { try self.take([]) }
    guard let recording = self.recording else { throw self.isStarted ? .noHeader : .empty }
    if recording.records.isEmpty, recording.malformedLineCount > 0, recording.skippedRecordCount == 0 {
      throw .nothingReadable(lineCount: recording.malformedLineCount)
    }
    return recording
  }

  /// Takes the rest of a line, whose beginning may be pending.
  private mutating func take(_ rest: ArraySlice<UInt8>) throws(TraceError) {
    defer {
      self.pending.removeAll(keepingCapacity: true)
      self.isSkipping = false
    }
    guard !self.isSkipping, self.pending.count + rest.count <= Self.maximumLineByteCount else {
      self.isStarted = true
      guard self.recording != nil else { throw .noHeader }
      self.recording?.malformedLineCount += 1
      return
    }
    var line = rest
    if !self.pending.isEmpty {
      self.pending.append(contentsOf: rest)
      line = self.pending[...]
    }
    guard line.contains(where: { $0 > 0x20 }) else { return }
    self.isStarted = true
    guard self.recording != nil else {
      guard self.fields.parse(line) else { throw .noHeader }
      self.recording = TraceRecording(header: try self.fields.header())
      return
    }
    guard self.fields.parse(line), let time = self.fields.integer("t") else {
      self.recording?.malformedLineCount += 1
      return
    }
    self.take(time: .nanoseconds(time))
  }

  private mutating func take(time: Duration) {
    guard let kind = self.fields.kind, self.window.contains(time) else {
      if self.fields.kind == nil {
        self.recording?.unknownLineCount += 1
      } else {
        self.recording?.skippedRecordCount += 1
      }
      return
    }
    let at = Instant.zero + time
    if kind == .dropped {
      guard let count = self.fields.count("records") else {
        self.recording?.malformedLineCount += 1
        return
      }
      self.recording?.add(droppedCount: count, at: at)
      return
    }
    guard let event = self.fields.event(kind) else {
      self.recording?.malformedLineCount += 1
      return
    }
    guard self.recording?.records.count ?? 0 < self.limit else {
      self.recording?.skippedRecordCount += 1
      self.recording?.isCut = true
      return
    }
    self.recording?.records.append(ControlTrace.Record(at: at, event))
  }
}
