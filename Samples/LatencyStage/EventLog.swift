import Glibc

/// Writes down what happened when, a line at a time, so that nothing is lost if the game is killed.
struct EventLog {
  private let descriptor: Int32

  /// - Parameter path: replaced if it exists; `nil` means that nothing is written.
  /// - Returns: `nil` if the file cannot be made.
  init?(path: String?) {
    self.descriptor = path.map { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) } ?? -1
    if path != nil, self.descriptor < 0 { return nil }
  }

  func record(_ what: String, _ number: Int, at nanoseconds: Int64) {
    guard self.descriptor >= 0 else { return }
    let line = "\(what) \(number) \(nanoseconds)\n"
    _ = write(self.descriptor, line, line.utf8.count)
  }
}

/// CLOCK_MONOTONIC.
func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
