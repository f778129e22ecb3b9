import Glibc
import MediaUnits
import X11

/// A bare display for tests of capture and injection, ended when freed.
final class TestDisplay {
  let name: String
  private let pid: pid_t
  private var hasEnded = false

  /// - Returns: `nil` if Xvfb does not start within ten seconds.
  init?(size: PictureSize) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 3)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    // The tests' threads block signals, and a server that inherited that could not be asked to end.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    let arguments = ["Xvfb", "-displayfd", "3", "-screen", "0", "\(size)x24", "-nolisten", "tcp", "-noreset"]
    var argv = arguments.map { strdup($0) } + [nil]
    defer { for pointer in argv { free(pointer) } }
    var pid: pid_t = 0
    guard posix_spawn(&pid, "/usr/bin/Xvfb", &actions, &attributes, &argv, environ) == 0 else {
      close(ends[1])
      return nil
    }
    close(ends[1])
    var text = ""
    while !text.contains("\n") {
      var entry = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
      var buffer = [UInt8](repeating: 0, count: 16)
      guard poll(&entry, 1, 10_000) == 1, case let count = read(ends[0], &buffer, 16), count > 0 else {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        return nil
      }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    self.pid = pid
    self.name = ":" + text.filter(\.isWholeNumber)
  }

  deinit { self.end() }

  func end() {
    guard !self.hasEnded else { return }
    self.hasEnded = true
    kill(self.pid, SIGTERM)
    waitpid(self.pid, nil, 0)
  }
}

/// Whether a descriptor becomes readable within some milliseconds.
func waitReadable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
  var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return poll(&entry, 1, milliseconds) == 1
}
