import Foundation
import Glibc

/// A stage's private directory: `martlet-stage-PID-…`, readable by its owner alone.
///
/// Its file `lock` is locked as long as the stage's supervisor lives, or the host that is about to start it: who gets
/// the lock knows that the stage is dead, whatever became of its process id.
struct StageDirectory {
  static let prefix = "martlet-stage-"
  /// Marks every process of a stage, so that they can be found even when their supervisor was killed.
  static let variable = "MARTLET_STAGE"

  let path: String

  var xauthority: String { "\(self.path)/Xauthority" }
  var soundFolder: String { "\(self.path)/sound" }
  var soundSocket: String { "\(self.path)/sound/native" }
  /// The game's home and the only place that it needs to write to.
  var home: String { "\(self.path)/home" }
  var mark: String { "\(Self.variable)=\(self.path)" }

  private var lock: String { "\(self.path)/lock" }
  /// Holds the display's number.
  private var displayRecord: String { "\(self.path)/display" }

  init(path: String) {
    self.path = path
  }

  /// Where stages live: `$XDG_RUNTIME_DIR`, else `/tmp`.
  static var defaultRoot: String {
    getenv("XDG_RUNTIME_DIR").map { String(cString: $0) }.flatMap { access($0, W_OK) == 0 ? $0 : nil } ?? "/tmp"
  }

  /// Makes a new directory with credentials for a display in it.
  ///
  /// - Returns: the directory, and the descriptor that holds its lock.
  static func make(in root: String) throws(StageError) -> (StageDirectory, lock: Int32) {
    var template = Array("\(root)/\(Self.prefix)\(getpid())-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .noDirectory(path: root, reason: String(cString: strerror(errno)))
    }
    let directory = StageDirectory(
      path: String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    )
    let lock = open(directory.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, mkdir(directory.home, 0o700) == 0,
      mkdir(directory.soundFolder, 0o700) == 0, directory.writeCredentials()
    else {
      let reason = String(cString: strerror(errno))
      if lock >= 0 { close(lock) }
      directory.remove()
      throw .noDirectory(path: root, reason: reason)
    }
    return (directory, lock)
  }

  func recordDisplay(number: Int) {
    _ = FileManager.default.createFile(atPath: self.displayRecord, contents: Data(String(number).utf8))
  }

  /// Removes the directory, and what the display's server leaves behind when it is killed.
  func remove() {
    self.removeDisplayLeftovers()
    try? FileManager.default.removeItem(atPath: self.path)
  }

  /// Ends and removes the stages in a folder whose supervisors are dead.
  ///
  /// - Returns: how many there were.
  static func sweep(_ root: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.filter { $0.hasPrefix(Self.prefix) }.count { name in
      let directory = StageDirectory(path: "\(root)/\(name)")
      guard directory.isAbandoned(by: name) else { return false }
      directory.endProcesses()
      directory.remove()
      return true
    }
  }

  /// Kills every process that was started on this stage. For when there is no supervisor to do it in order.
  func endProcesses() {
    // Twice empty: a process that was just being born is found by the second look. Bounded, should one never die.
    var emptyLooks = 0
    for _ in 0..<200 {
      let pids = ProcessTable.processes(withEnvironment: self.mark)
      for pid in pids { kill(pid, SIGKILL) }
      emptyLooks = pids.isEmpty ? emptyLooks + 1 : 0
      if emptyLooks == 2 { return }
      usleep(1000)
    }
  }

  private func isAbandoned(by name: String) -> Bool {
    var status = stat()
    guard lstat(self.path, &status) == 0, status.st_uid == geteuid(), status.st_mode & S_IFMT == S_IFDIR else {
      return false
    }
    let descriptor = open(self.lock, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else {
      // Its host has not come to making the lock yet, or never will.
      let pid = name.dropFirst(Self.prefix.count).split(separator: "-").first.flatMap { pid_t($0) }
      return pid.map { kill($0, 0) != 0 && errno == ESRCH } ?? true
    }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  /// A display's server that was killed leaves its socket in place; it makes no lock file when it picks its number.
  private func removeDisplayLeftovers() {
    guard let record = try? String(contentsOfFile: self.displayRecord, encoding: .utf8), let number = Int(record) else {
      return
    }
    let socket = "/tmp/.X11-unix/X\(number)"
    // Another server may have taken the number since.
    guard !answers(socket) else { return }
    unlink(socket)
    unlink("/tmp/.X\(number)-lock")
  }

  /// One random MIT-MAGIC-COOKIE-1 for every display number, since the server picks its number later.
  private func writeCredentials() -> Bool {
    var generator = SystemRandomNumberGenerator()
    let cookie = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    func counted(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes }
    // FamilyWild, no address, no number.
    let record = [0xFF, 0xFF] + counted([]) + counted([]) + counted(Array("MIT-MAGIC-COOKIE-1".utf8)) + counted(cookie)
    let descriptor = open(self.xauthority, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return write(descriptor, record, record.count) == record.count
  }
}
