import CLinux
import Glibc
import MediaUnits

extension Supervisor {
  /// Ends the game, whatever it left behind, and then the two servers.
  ///
  /// Takes at most the game's grace and about four seconds more.
  mutating func endEverything() {
    guard let plan = self.plan else { return }
    if let game = self.game, game.isRunning {
      kill(-game.pid, plan.endSignal)
      self.waitForEnd(of: game, milliseconds: plan.endGraceMilliseconds)
    }
    self.killDescendants(sparing: [self.display?.pid, self.sound?.pid].compactMap { $0 })

    // The servers tidy up after themselves if they are asked to end.
    let servers = [self.display, self.sound].compactMap { $0 }
    for server in servers where server.isRunning { kill(server.pid, SIGTERM) }
    for server in servers { self.waitForEnd(of: server, milliseconds: 1000) }
    self.killDescendants(sparing: [])
  }

  /// Kills every process that descends from this one, again and again until there is none: whoever loses its parent
  /// becomes our child, because this process is a subreaper.
  private mutating func killDescendants(sparing spared: [pid_t]) {
    for _ in 0..<500 {
      self.reapQuietly()
      let pids = ProcessTable.descendants(of: getpid()).filter { !spared.contains($0) }
      if pids.isEmpty { return }
      for pid in pids { kill(pid, SIGKILL) }
      _ = shim_wait_readable(self.signals, 2)
    }
  }

  private mutating func waitForEnd(of process: ChildProcess, milliseconds: Int32) {
    let deadline = Instant.now + .milliseconds(Int64(milliseconds))
    self.reapQuietly()
    while process.isRunning {
      let rest = deadline - .now
      guard rest > .zero else { return }
      _ = shim_wait_readable(self.signals, Int32(rest.inMilliseconds) + 1)
      self.reapQuietly()
    }
  }

  private mutating func reapQuietly() {
    while shim_next_signal(self.signals) != 0 {}
    while case let pid = waitpid(-1, nil, WNOHANG), pid > 0 {
      for process in [self.game, self.display, self.sound] where process?.pid == pid { process?.noteEnd() }
    }
  }
}

/// Whether a server accepts connections on a Unix-domain socket.
func answers(_ path: String) -> Bool {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { return false }
  defer { close(descriptor) }
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let bytes = Array(path.utf8)
  guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
    }
  }
}
