internal import Glibc
internal import IndexAPI
internal import MediaUnits
internal import Storage

/// Tells one process of a change and measures in another when it is seen.
struct Announcements {
  let store: any NetworkStore
  let name: String

  /// Announces the time `count` times, 5 ms apart.
  func make(_ count: Int) async throws {
    for _ in 0..<count {
      let body = Self.time.words
      let action = Command.Action.announce(IndexerRecord(name: self.name, body: body), lease: .seconds(60))
      var random = SystemRandomNumberGenerator()
      _ = try await self.store.apply([Command(id: .random(using: &random), action: action)])
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Prints "ready", and after `count` announcements how late they were, in microseconds, from before they were
  /// written until they were read: "p50 N p99 N".
  func watch(_ count: Int) async throws {
    var cursor = try await self.store.snapshot().1
    Writer.say("ready")
    var delays: [Int64] = []
    while delays.count < count {
      await self.store.waitForChanges(timeout: .seconds(1))
      while true {
        let (changes, next) = try await self.store.changes(after: cursor, limit: 256)
        if next == cursor { break }
        cursor = next
        for case .indexer(let row) in changes { delays.append(Self.time - Int64(words: row.record.body)) }
      }
    }
    delays.sort()
    Writer.say("p50 \(delays[delays.count / 2]) p99 \(delays[delays.count * 99 / 100])")
  }

  /// Microseconds of a clock that all processes share.
  private static var time: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}

extension Int64 {
  fileprivate var words: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }

  fileprivate init(words: [UInt8]) { self = words.reversed().reduce(0) { $0 << 8 | Int64($1) } }
}
