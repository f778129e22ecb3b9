import Glibc

/// What `/proc` says about other processes.
enum ProcessTable {
  /// The processes that exist right now.
  static func all() -> [pid_t] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var pids: [pid_t] = []
    while let entry = readdir(folder) {
      let pid = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { pid_t(String(cString: $0)) }
      }
      if let pid { pids.append(pid) }
    }
    return pids
  }

  /// Everything that descends from a process; it is not among them itself.
  static func descendants(of ancestor: pid_t) -> [pid_t] {
    var children: [pid_t: [pid_t]] = [:]
    for pid in self.all() {
      if let parent = self.parent(of: pid) { children[parent, default: []].append(pid) }
    }
    var found: [pid_t] = []
    var next = children[ancestor] ?? []
    while let pid = next.popLast() {
      found.append(pid)
      next += children[pid] ?? []
    }
    return found
  }

  /// The processes that were started with an environment variable of this name and value.
  static func processes(withEnvironment entry: String) -> [pid_t] {
    let entry = Array(entry.utf8)
    return self.all().filter { pid in
      guard pid != getpid(), let environment = self.read("/proc/\(pid)/environ") else { return false }
      return environment.split(separator: 0).contains { $0.elementsEqual(entry) }
    }
  }

  private static func parent(of pid: pid_t) -> pid_t? {
    // "PID (NAME) STATE PARENT …", where NAME may hold anything, parentheses included.
    guard let stat = self.read("/proc/\(pid)/stat"), let end = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let words = stat[(end + 1)...].split(separator: UInt8(ascii: " "))
    return words.count > 1 ? pid_t(String(decoding: words[1], as: UTF8.self)) : nil
  }

  private static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return nil }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
