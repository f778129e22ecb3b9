import MediaUnits
import Testing
import Transport

@Suite("The log of control decisions")
struct ControlTraceLogTests {
  private static func release(_ byteCount: Int) -> ControlTrace {
    .release(ControlTrace.Release(packetCount: 1, byteCount: byteCount, waiting: 0))
  }

  private static func take(from log: inout ControlTraceLog) -> (byteCounts: [Int], droppedCount: Int) {
    var byteCounts: [Int] = []
    let droppedCount = log.take { record in
      if case .release(let release) = record.event { byteCounts.append(release.byteCount) }
    }
    return (byteCounts, droppedCount)
  }

  @Test("evaluates nothing where nobody wants records")
  func off() {
    var log = ControlTraceLog()
    var evaluatedCount = 0
    func event() -> ControlTrace {
      evaluatedCount += 1
      return Self.release(1)
    }
    log.record(at: .zero, event())
    #expect(!log.isEnabled)
    #expect(evaluatedCount == 0)
    let (byteCounts, droppedCount) = Self.take(from: &log)
    #expect(byteCounts.isEmpty)
    #expect(droppedCount == 0)
  }

  @Test("hands records out in order, around its end, and counts what did not fit")
  func ring() {
    var log = ControlTraceLog(capacity: 4)
    var next = 0
    for round in 1...6 {
      let first = next
      for _ in 0..<round {
        log.record(at: Instant(nanoseconds: Int64(next)), Self.release(next))
        next += 1
      }
      let (byteCounts, droppedCount) = Self.take(from: &log)
      #expect(byteCounts == Array(first..<min(next, first + 4)))
      #expect(droppedCount == max(0, round - 4))
      #expect(Self.take(from: &log) == ([], 0))
    }
  }
}
