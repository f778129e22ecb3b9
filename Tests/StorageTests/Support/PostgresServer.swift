import Foundation
import Synchronization
import Testing

/// A PostgreSQL of this test run's own, on a private socket; stopped with the run.
final class PostgresServer: Sendable {
  /// `nil` where PostgreSQL is not installed.
  static let shared = PostgresServer()

  static var isInstalled: Bool { Self.shared != nil }

  let url: String
  let directory: String

  private static let started = Mutex<[String]>([])

  /// Starts another server for a test that makes it fail.
  ///
  /// - Returns: `nil` where PostgreSQL is not installed.
  init?(name: String = "all") {
    let directory = NSTemporaryDirectory() + "martlet-postgres-\(name)-\(ProcessInfo.processInfo.processIdentifier)"
    let (status, output) = Self.script("start", directory)
    guard status == 0 else { return nil }
    self.directory = directory
    self.url = output.trimmingCharacters(in: .whitespacesAndNewlines)
    let isFirst = Self.started.withLock { started in
      started.append(directory)
      return started.count == 1
    }
    if isFirst { Self.stopAtExit() }
  }

  private static func stopAtExit() {
    atexit {
      for directory in PostgresServer.started.withLock({ $0 }) {
        _ = PostgresServer.script("stop", directory)
        try? FileManager.default.removeItem(atPath: directory)
      }
    }
  }

  /// An empty database.
  func makeDatabase() throws -> String {
    let name = "d" + UUID().uuidString.replacing("-", with: "").lowercased()
    let (status, _) = Self.run("/usr/bin/psql", [self.url, "-qc", "CREATE DATABASE \(name)"])
    try #require(status == 0)
    return self.url.replacing("///postgres", with: "///\(name)")
  }

  /// How a server can fail.
  enum Fault: CaseIterable {
    /// One of its processes is killed; the server ends all connections and recovers by itself.
    case process
    /// It is stopped without a checkpoint, as by an impatient operator.
    case stop
    /// All of it is killed at once.
    case kill
  }

  /// Fails, and is back when this returns.
  func suffer(_ fault: Fault) throws {
    switch fault {
    case .process: _ = Self.script("crash", self.directory)
    case .stop: _ = Self.script("stop", self.directory)
    case .kill: _ = Self.script("kill", self.directory)
    }
    if fault == .process { return }
    // The dead server's processes let go of its memory a moment later.
    let isBack = (0..<20).contains { _ in Self.script("start", self.directory).0 == 0 }
    try #require(isBack)
  }

  static func script(_ command: String, _ directory: String) -> (Int32, String) {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return Self.run(root.appending(path: "Chaos/postgres").path, [command, directory])
  }

  static func run(_ program: String, _ arguments: [String]) -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return (-1, "") }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
