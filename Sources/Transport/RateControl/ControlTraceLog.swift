public import MediaUnits

/// The records that nobody has taken yet; a ring of fixed size.
///
/// Without capacity, as it begins, it costs a comparison a record. Full, it keeps the oldest and counts what it drops, so
/// that whoever takes them is told that something is missing, and where.
public struct ControlTraceLog: Sendable {
  /// Enough for what a session does between two turns of the network thread.
  public static let usualCapacity = 1024

  private var records: [ControlTrace.Record]
  private var head = 0
  private var count = 0
  /// Records that did not fit since they were last taken.
  public private(set) var droppedCount = 0

  /// - Parameter capacity: records held at most; 0 to record nothing.
  public init(capacity: Int = 0) {
    precondition(capacity >= 0, "a log cannot hold less than nothing")
    self.records = Array(repeating: .empty, count: capacity)
  }

  /// Whether anybody wants records: to be asked before something is computed for them alone.
  public var isEnabled: Bool { !self.records.isEmpty }

  /// Adds one. `event` is evaluated only where records are wanted.
  ///
  /// - Complexity: O(1); does not allocate.
  public mutating func record(at now: Instant, _ event: @autoclosure () -> ControlTrace) {
    guard self.isEnabled else { return }
    guard self.count < self.records.count else {
      self.droppedCount += 1
      return
    }
    self.records[(self.head + self.count) % self.records.count] = ControlTrace.Record(at: now, event())
    self.count += 1
  }

  /// Hands out and forgets all records, oldest first, and then how many were dropped after the last of them.
  ///
  /// - Complexity: O(n); does not allocate.
  /// - Returns: ``droppedCount`` before this call, which it resets.
  public mutating func take(_ body: (ControlTrace.Record) -> Void) -> Int {
    while self.count > 0 {
      body(self.records[self.head])
      self.head = (self.head + 1) % self.records.count
      self.count -= 1
    }
    defer { self.droppedCount = 0 }
    return self.droppedCount
  }
}

extension ControlTrace.Record {
  fileprivate static let empty = ControlTrace.Record(
    at: .zero,
    .release(ControlTrace.Release(packetCount: 0, byteCount: 0, waiting: 0))
  )
}
