import Foundation
import GameStage
import MediaUnits

/// What the tests of real stages share: where the supervisor is, and a folder that nothing else uses.
enum StageUnderTest {
  static let size = PictureSize(width: 640, height: 480)

  /// The `martlet` program that was built beside the tests.
  static let supervisor: String? = {
    let folders = [Bundle.main.bundlePath, URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path]
    let candidates = folders.flatMap { folder in
      [folder, (folder as NSString).deletingLastPathComponent].map { "\($0)/martlet" }
    }
    return candidates.first { path in
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
    }
  }()

  /// Whether this machine can hold a stage.
  static var isPossible: Bool {
    self.supervisor != nil
      && ["Xvfb", "pulseaudio"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }
  }

  static let reason = "needs Xvfb, pulseaudio and the built martlet program"

  static func configuration() throws -> Stage.Configuration {
    var configuration = Stage.Configuration()
    configuration.supervisorExecutable = self.supervisor ?? ""
    configuration.root = "/tmp/martlet-test-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: configuration.root, withIntermediateDirectories: true)
    return configuration
  }

  /// Puts a shell script in the place of the display's server.
  static func replaceDisplay(_ script: String, in configuration: inout Stage.Configuration) throws {
    let folder = "\(configuration.root)/bin"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/Xvfb"))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/Xvfb")
    configuration.searchPath = "\(folder):/usr/bin:/bin"
  }

  static func game(_ command: [String]) -> GameFile {
    var game = GameFile(name: "test", title: "Test", command: command, directory: "/")
    game.endGrace = .milliseconds(200)
    return game
  }

  /// The processes that carry a stage's mark, supervisor included.
  static func processes(of directory: String) -> [pid_t] {
    let mark = Data("MARTLET_STAGE=\(directory)\0".utf8)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { pid in
      // A file of /proc has no size, so it is read to its end, not by its length.
      guard let handle = FileHandle(forReadingAtPath: "/proc/\(pid)/environ") else { return false }
      return ((try? handle.readToEnd()) ?? nil)?.range(of: mark) != nil
    }
  }

  /// Waits, for ten seconds at most, until something holds.
  static func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<2000 {
      if condition() { return true }
      usleep(5000)
    }
    return condition()
  }
}

extension StageUnderTest {
  /// As ``eventually(_:)``, for conditions that may fail.
  static func eventuallyThrowing(_ condition: () throws -> Bool) throws -> Bool {
    for _ in 0..<1000 {
      if try condition() { return true }
      usleep(5000)
    }
    return try condition()
  }
}
