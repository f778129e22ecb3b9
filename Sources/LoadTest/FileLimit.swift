import Glibc

/// How many files the process may have open; each player has a socket.
enum FileLimit {
  /// Raises it to what the system allows at most.
  static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    // Where it stays as it was, opening the sockets will say so.
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
