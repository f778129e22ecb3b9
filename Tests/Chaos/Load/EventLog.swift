import Foundation
import Glibc
import SeatHistory
import Synchronization

/// Writes events to a file, a line of JSON each.
final class EventLog: Sendable {
  private let file: Mutex<FileHandle>

  init(path: String) throws {
    let url = URL(filePath: path)
    try Data().write(to: url)
    self.file = Mutex(try FileHandle(forWritingTo: url))
  }

  func write(_ event: Event) {
    guard var line = try? JSONEncoder().encode(event) else { preconditionFailure("an event is JSON") }
    line.append(UInt8(ascii: "\n"))
    self.file.withLock { file in
      do {
        try file.write(contentsOf: line)
      } catch {
        FileHandle.standardError.write(Data("network-load: the record cannot be written: \(error)\n".utf8))
        exit(74)
      }
    }
  }

  func operation(
    _ kind: SeatOperation.Kind,
    _ outcome: SeatOperation.Outcome,
    host: String,
    from invoked: Int64,
    to returned: Int64
  ) {
    let operation = SeatOperation(kind, outcome, invoked: invoked, returned: returned)
    self.write(Event(.seats, host: host, operation: operation))
  }

  func violation(_ text: String, host: String? = nil) {
    self.write(Event(.violation, host: host, returned: Self.now, text: text))
  }

  /// Nanoseconds of the monotonic clock, which every process of the machine shares.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Seconds since 1970.
  static var unix: Int64 { Int64(Date().timeIntervalSince1970) }
}
