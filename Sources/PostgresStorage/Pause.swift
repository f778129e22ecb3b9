internal import Glibc

enum Pause {
  /// Stops the calling thread, at most a second.
  static func microseconds(_ count: UInt32) { usleep(min(count, 999_999)) }
}
