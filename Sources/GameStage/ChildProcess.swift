import CLinux
import Glibc

/// A program that was started; what it wrote to standard error last is kept.
final class ChildProcess {
  let pid: pid_t
  private let errorOutput: Int32
  private var isErrorOutputOpen = true
  private var tail: [UInt8] = []
  private(set) var isRunning = true

  private static let tailByteCount = 2048

  /// - Parameters:
  ///   - extraDescriptor: becomes the child's descriptor 3.
  ///   - isGame: whether it must not share the priority of what serves it.
  /// - Throws: ``SpawnError``.
  init(_ program: StagePlan.Program, extraDescriptor: Int32? = nil, isGame: Bool = false) throws(SpawnError) {
    var ends: [Int32] = [-1, -1]
    let made = shim_pipe(&ends)
    guard made == 0 else { throw SpawnError(code: -made) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer {
      close(ends[1])
      if null >= 0 { close(null) }
    }
    self.errorOutput = ends[0]
    self.pid = try spawnProgram(
      path: program.path,
      arguments: program.arguments,
      environment: program.environment,
      descriptors: [null, null, ends[1]] + (extraDescriptor.map { [$0] } ?? []),
      workingDirectory: program.workingDirectory,
      diesWithParent: true,
      gainsNoPrivileges: true,
      hasOrdinaryPriority: isGame
    )
  }

  deinit {
    close(self.errorOutput)
  }

  /// Polls readable when there is something for ``drainErrorOutput()``; -1 once nothing more can come.
  var pollDescriptor: Int32 { self.isErrorOutputOpen ? self.errorOutput : -1 }

  /// Reads what has arrived on standard error.
  func drainErrorOutput() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    // Bounded, so that a program that never stops writing cannot hold the supervisor.
    for _ in 0..<16 {
      let count = read(self.errorOutput, &buffer, buffer.count)
      if count == 0 { self.isErrorOutputOpen = false }
      if count <= 0 { return }
      self.tail += buffer[..<count]
      if self.tail.count > Self.tailByteCount { self.tail.removeFirst(self.tail.count - Self.tailByteCount) }
    }
  }

  func noteEnd() {
    self.isRunning = false
  }

  /// The last line on standard error that says something, which takes three letters at least, as printable text of at most 300 characters.
  var lastWords: String {
    let text = String(decoding: self.tail, as: UTF8.self)
    let line = text.split(whereSeparator: \.isNewline).last { $0.count(where: \.isLetter) >= 3 } ?? ""
    let printable = line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
    return String(String.UnicodeScalarView(printable).prefix(300))
  }
}

/// Why a program could not be started.
struct SpawnError: Error {
  var code: Int32

  var sentence: String { String(cString: strerror(self.code)) }
}

/// Starts a program in a process group of its own, with the descriptors given and no other.
func spawnProgram(
  path: String,
  arguments: [String],
  environment: [String],
  descriptors: [Int32],
  workingDirectory: String?,
  diesWithParent: Bool,
  gainsNoPrivileges: Bool,
  hasOrdinaryPriority: Bool
) throws(SpawnError) -> pid_t {
  var argv = arguments.map { strdup($0) } + [nil]
  var envp = environment.map { strdup($0) } + [nil]
  let directory = workingDirectory.map { strdup($0) }
  defer {
    for pointer in argv + envp { free(pointer) }
    if let directory { free(directory) }
  }
  let pid = descriptors.withUnsafeBufferPointer { descriptors in
    var options = shim_spawn_options(
      descriptors: descriptors.baseAddress,
      descriptor_count: Int32(descriptors.count),
      working_directory: directory.map { UnsafePointer($0!) },
      new_process_group: true,
      dies_with_parent: diesWithParent,
      no_new_privileges: gainsNoPrivileges,
      ordinary_priority: hasOrdinaryPriority
    )
    return shim_spawn(path, &argv, &envp, &options)
  }
  guard pid > 0 else { throw SpawnError(code: -pid) }
  return pid
}
