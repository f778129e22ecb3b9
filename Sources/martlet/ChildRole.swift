import DatagramIO
import Foundation
import MediaUnits

/// Another role of this program, run beside it: what it says goes into two files.
final class ChildRole {
  private let process = Process()
  private let outputPath: String
  private let logPath: String
  let name: String

  /// - Parameters:
  ///   - name: for people, and for the files.
  ///   - directory: where the files go.
  /// - Throws: ``CommandFailure`` if it cannot be started.
  init(_ name: String, _ arguments: [String], in directory: String) throws {
    self.name = name
    self.outputPath = "\(directory)/\(name).out"
    self.logPath = "\(directory)/\(name).log"
    for path in [self.outputPath, self.logPath] {
      guard FileManager.default.createFile(atPath: path, contents: nil) else {
        throw CommandFailure(.cannotCreate, "cannot write \(path)")
      }
    }
    self.process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    self.process.arguments = arguments
    self.process.standardInput = FileHandle.nullDevice
    self.process.standardOutput = FileHandle(forWritingAtPath: self.outputPath)
    self.process.standardError = FileHandle(forWritingAtPath: self.logPath)
    do {
      try self.process.run()
    } catch {
      throw CommandFailure(.unavailable, "cannot start the \(name): \(error.localizedDescription)")
    }
  }

  deinit {
    self.stop()
  }

  /// The first line on its standard output.
  ///
  /// - Throws: ``CommandFailure`` with its last words, if it ended or took too long.
  func firstLine(within limit: Duration) throws -> String {
    let deadline = Instant.now + limit
    while true {
      let lines = Self.text(self.outputPath).split(separator: "\n", omittingEmptySubsequences: false)
      // What follows the last line break is not a whole line yet.
      if let line = lines.dropLast().first { return String(line) }
      try self.expectRunning()
      guard .now < deadline else {
        throw CommandFailure(.unavailable, "the \(self.name) does not start; what it says is in \(self.logPath)")
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }

  /// - Throws: ``CommandFailure`` with its last words, if it has ended.
  func expectRunning() throws {
    guard !self.process.isRunning else { return }
    let words = Self.text(self.logPath).split(separator: "\n").last.map(String.init) ?? "without a word"
    throw CommandFailure(.unavailable, "the \(self.name) ended: \(words)")
  }

  /// Asks it to end, and waits until it has.
  func stop() {
    guard self.process.isRunning else { return }
    self.process.terminate()
    self.process.waitUntilExit()
  }

  private static func text(_ path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
