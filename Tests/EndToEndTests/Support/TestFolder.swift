import Foundation
import Glibc

/// A folder for one test, which ends with it; home, data and stages of all that the test starts are in it.
final class TestFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/martlet-e2e-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    self.path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    for process in self.stageProcesses { kill(process.pid, SIGKILL) }
    try? FileManager.default.removeItem(atPath: self.path)
  }

  func file(_ name: String) -> String { "\(self.path)/\(name)" }

  /// Makes a file that holds `text`.
  func write(_ text: String, to name: String) throws -> String {
    let path = self.file(name)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// The private directories of stages that are there now.
  var stageDirectories: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: self.path)) ?? []
    return names.filter { $0.hasPrefix("martlet-stage-") }
  }

  /// A process of a stage of this test.
  struct StageProcess: Hashable {
    var pid: pid_t
    /// Such as `Xvfb`.
    var name: String
  }

  /// Every process that carries the mark of a stage in this folder, whoever its parent is by now.
  var stageProcesses: [StageProcess] {
    let mark = Data("MARTLET_STAGE=\(self.path)/".utf8)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.compactMap { pid in
      guard let environment = Self.contents("/proc/\(pid)/environ"), environment.range(of: mark) != nil,
        let name = Self.contents("/proc/\(pid)/comm")
      else { return nil }
      return StageProcess(pid: pid, name: String(decoding: name.dropLast(), as: UTF8.self))
    }
  }

  func stageProcess(named name: String) -> pid_t? {
    self.stageProcesses.first { $0.name == name }?.pid
  }

  /// A file of /proc has no size, so it is read to its end, not by its length.
  private static func contents(_ path: String) -> Data? {
    FileHandle(forReadingAtPath: path).flatMap { (try? $0.readToEnd()) ?? nil }
  }
}
