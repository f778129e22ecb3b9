import Foundation
import Glibc
import IndexAPI
import Testing

/// A storage-writer in a process of its own, which is killed with this object.
final class WriterProcess {
  private let pid: pid_t
  private let outputPath: String
  private var isOver = false

  init(_ arguments: String...) throws {
    self.outputPath = try StoreKind.makeDirectory() + "/output"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, self.outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let program = try #require(Self.program, "build storage-writer first")
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    try #require(posix_spawn(&pid, program, &actions, nil, &words, environ) == 0, "\(program)")
    self.pid = pid
  }

  deinit { self.kill() }

  /// Where the tests and the programs beside them were built.
  private static var program: String? {
    let folders = [Bundle.main.bundlePath, URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path]
    return folders.flatMap { [$0, ($0 as NSString).deletingLastPathComponent] }.map { $0 + "/storage-writer" }
      .first(where: FileManager.default.isExecutableFile(atPath:))
  }

  /// Whole lines that it has written.
  var lines: [String] {
    let output = (try? String(contentsOfFile: self.outputPath, encoding: .utf8)) ?? ""
    return output.components(separatedBy: "\n").dropLast()
  }

  /// How much it has written.
  var outputByteCount: Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: self.outputPath)
    return attributes?[.size] as? Int ?? 0
  }

  /// Waits for a line with this beginning.
  func line(_ beginning: String) async throws -> String {
    for _ in 0..<3000 {
      if let line = self.lines.first(where: { $0.hasPrefix(beginning) }) { return line }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("the writer did not say \"\(beginning)\": \(self.lines.suffix(5))")
    return ""
  }

  /// Ends it as a crash does, and returns when it is gone.
  func kill() {
    if self.isOver { return }
    Glibc.kill(self.pid, SIGKILL)
    waitpid(self.pid, nil, 0)
    self.isOver = true
  }
}

/// What writers have said about their sessions.
struct Acknowledged {
  /// Reserved, and nobody has asked for their end.
  private(set) var live: [SessionID: HostID] = [:]
  private(set) var released: Set<SessionID> = []

  mutating func fold(_ lines: [String]) {
    for line in lines {
      let words = line.components(separatedBy: " ")
      guard words.count > 1, let session = SessionID(words[1]) else { continue }
      switch words[0] {
      case "+": self.live[session] = HostID(words[2])
      case "?": self.live[session] = nil
      default: self.released.insert(session)
      }
    }
  }
}
