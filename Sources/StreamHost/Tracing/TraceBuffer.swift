import MediaUnits
import Synchronization
import Transport

/// One session's records on their way from the network thread to the thread that writes them.
///
/// The network thread never waits here: while the other one takes what there is, the records stay in the session's own
/// log for a turn.
final class TraceBuffer: Sendable {
  private struct State: Sendable {
    var records: [ControlTrace.Record] = []
    var droppedCount = 0
    var isClosed = false
    /// Pictures that were to be encoded.
    var plannedCount: Int64 = 0

    mutating func add(_ record: ControlTrace.Record) {
      if self.records.count < TraceBuffer.capacity { self.records.append(record) } else { self.droppedCount += 1 }
    }
  }

  /// Some seconds of a busy session.
  static let capacity = 4096

  private let state = Mutex(State())

  init() {
    self.state.withLock { $0.records.reserveCapacity(Self.capacity) }
  }

  /// Moves what the session has logged.
  ///
  /// - Complexity: O(n); does not allocate.
  func take(from log: inout ControlTraceLog) {
    self.state.withLockIfAvailable { state in
      let droppedCount = log.take { state.add($0) }
      state.droppedCount += droppedCount
    }
  }

  /// Adds what the capture thread did: once a picture, so that waiting for the lock does no harm.
  ///
  /// A plan gets its frame's number here, for the capture thread outlives sessions.
  func add(_ event: ControlTrace, at now: Instant) {
    self.state.withLock { state in
      guard case .plan(var plan) = event else { return state.add(ControlTrace.Record(at: now, event)) }
      plan.frame = state.plannedCount
      if plan.decision == .encode { state.plannedCount += 1 }
      state.add(ControlTrace.Record(at: now, .plan(plan)))
    }
  }

  /// The session is over, with these records as its last.
  func close(with log: inout ControlTraceLog) {
    self.state.withLock { state in
      let droppedCount = log.take { state.add($0) }
      state.droppedCount += droppedCount
      state.isClosed = true
    }
  }

  /// Hands out everything and keeps `records`' memory for what comes next.
  ///
  /// - Parameter records: empty, with room; receives the records.
  /// - Returns: how many were dropped since the last call, and whether nothing more will come.
  func swap(with records: inout [ControlTrace.Record]) -> (droppedCount: Int, isClosed: Bool) {
    self.state.withLock { state in
      Swift.swap(&state.records, &records)
      defer { state.droppedCount = 0 }
      return (state.droppedCount, state.isClosed)
    }
  }
}
