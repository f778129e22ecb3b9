import Foundation
import Glibc

/// A program that a test needs beside itself; it ends with the test.
///
/// Spawned without Foundation's `Process`, which waits for a run loop that test threads do not have.
final class ExternalProgram {
  struct SpawnError: Error {
    var name: String
    var code: Int32
  }

  private let identifier: pid_t
  /// The end of the program's output; `nil` where it is discarded.
  let output: FileHandle?

  /// Starts `name`, found on the search path.
  init(
    _ name: String,
    _ arguments: [String],
    environment: [String: String] = [:],
    keepsOutput: Bool = false
  ) throws {
    let pipe = keepsOutput ? Pipe() : nil
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    if let pipe {
      posix_spawn_file_actions_adddup2(&actions, pipe.fileHandleForWriting.fileDescriptor, 1)
    } else {
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    }
    let environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var argumentPointers = ([name] + arguments).map { strdup($0) } + [nil]
    var environmentPointers = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
    var identifier: pid_t = 0
    // Test threads block signals that some programs wait for.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let code = posix_spawnp(&identifier, name, &actions, &attributes, &argumentPointers, &environmentPointers)
    guard code == 0 else { throw SpawnError(name: name, code: code) }
    try pipe?.fileHandleForWriting.close()
    self.identifier = identifier
    self.output = pipe?.fileHandleForReading
  }

  deinit {
    // An X server that is killed leaves its socket behind; asked politely, it tidies up.
    kill(self.identifier, SIGTERM)
    for _ in 0..<200 {
      if waitpid(self.identifier, nil, WNOHANG) != 0 { return }
      usleep(5000)
    }
    // Some programs wait for their output to be read before they heed a polite request.
    kill(self.identifier, SIGKILL)
    waitpid(self.identifier, nil, 0)
  }

  /// Runs a program to its end and returns what it printed.
  @discardableResult
  static func run(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Data {
    let program = try ExternalProgram(name, arguments, environment: environment, keepsOutput: true)
    return try program.output?.readToEnd() ?? Data()
  }

  /// Whether all `names` are on the search path.
  static func areInstalled(_ names: String...) -> Bool {
    let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return names.allSatisfy { name in
      directories.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
  }
}
