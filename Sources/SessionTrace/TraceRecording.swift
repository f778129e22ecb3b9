public import MediaUnits
public import Transport

/// A trace as it was read.
public struct TraceRecording: Sendable {
  public var header: TraceHeader
  /// In the order of the file; instants count from the session's start.
  public var records: [ControlTrace.Record] = []
  /// Where records could not be kept when the trace was written, and how many; the first ones.
  public private(set) var drops: [(at: Instant, count: Int)] = []
  /// How many in all.
  public private(set) var droppedCount = 0
  /// Lines that make no sense.
  public internal(set) var malformedLineCount = 0
  /// Lines of a kind that this program does not know.
  public internal(set) var unknownLineCount = 0
  /// Records that were not wanted, or too many.
  public internal(set) var skippedRecordCount = 0
  /// Whether records were left out because there were too many.
  public internal(set) var isCut = false

  public init(header: TraceHeader) {
    self.header = header
  }

  mutating func add(droppedCount: Int, at instant: Instant) {
    let (sum, isTooLarge) = self.droppedCount.addingReportingOverflow(droppedCount)
    self.droppedCount = isTooLarge ? .max : sum
    if self.drops.count < 1000 { self.drops.append((instant, droppedCount)) }
  }

  /// From the first record to the last, in seconds since the session's start.
  public var seconds: ClosedRange<Double> {
    var low = Double.infinity
    var high = -Double.infinity
    for record in self.records {
      let at = Double(record.at.nanoseconds) / 1e9
      low = min(low, at)
      high = max(high, at)
    }
    return low <= high ? low...max(high, low + 1e-3) : 0...1
  }
}
