import Foundation
import Glibc

/// A program in a process group of its own, which is killed with this object.
final class ChildProgram {
  enum End: Hashable {
    case exited(Int32)
    case killed(Int32)
  }

  struct SpawnFailure: Error, CustomStringConvertible {
    let description: String
  }

  let pid: pid_t
  private let outputPath: String
  private let errorPath: String
  private var end: End?

  /// - Parameters:
  ///   - name: of the files that its output goes to.
  ///   - environment: beside a minimum that points into `folder`.
  init(
    _ path: String,
    _ arguments: [String],
    in folder: TestFolder,
    name: String,
    environment: [String: String] = [:]
  ) throws {
    self.outputPath = folder.file("\(name).out")
    self.errorPath = folder.file("\(name).err")
    let variables = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path, "XDG_DATA_HOME": folder.file("data"),
      "XDG_RUNTIME_DIR": folder.path, "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
    ].merging(environment) { $1 }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, self.outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, self.errorPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
    )

    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    var settings: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + settings { free(pointer) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, path, &actions, &attributes, &words, &settings)
    guard result == 0 else { throw SpawnFailure(description: "\(path): \(String(cString: strerror(result)))") }
    self.pid = pid
  }

  deinit {
    guard self.checkEnd() == nil else { return }
    kill(-self.pid, SIGKILL)
    waitpid(self.pid, nil, 0)
  }

  /// What it has written so far.
  var output: String { Self.text(self.outputPath) }
  var errors: String { Self.text(self.errorPath) }

  func send(_ signal: Int32) {
    guard self.checkEnd() == nil else { return }
    kill(self.pid, signal)
  }

  /// - Returns: how it ended; `nil` if it has not in time.
  func waitForEnd(within limit: Duration = .seconds(15)) async -> End? {
    _ = await eventually(within: limit) { self.checkEnd() != nil }
    return self.end
  }

  /// - Returns: whether standard error had `text` in it in time.
  func waitForError(_ text: String, count: Int = 1, within limit: Duration = .seconds(15)) async -> Bool {
    await eventually(within: limit) {
      self.errors.ranges(of: text).count >= count
        || (self.checkEnd() != nil && self.errors.ranges(of: text).count < count)
    } && self.errors.ranges(of: text).count >= count
  }

  /// How it ended, without waiting.
  func checkEnd() -> End? {
    if self.end != nil { return self.end }
    var status: Int32 = 0
    guard waitpid(self.pid, &status, WNOHANG) == self.pid else { return nil }
    self.end = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(status & 0x7F)
    return self.end
  }

  private static func text(_ path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
