import DatagramIO
import FFmpegCodec
import Foundation
import GameStage
import Handshake
import Identity
import IndexAPI
import Logging
import MediaUnits
import SessionProtocol
import StreamHost

/// A host of small pictures on this machine, with everything of its own, which ends with it.
final class HostUnderTest {
  static let size = PictureSize(width: 640, height: 360)

  /// The `martlet` program that was built beside the tests.
  static let supervisor: String? = {
    let folders = [Bundle.main.bundlePath, URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path]
    return folders.flatMap { folder in
      [folder, (folder as NSString).deletingLastPathComponent].map { "\($0)/martlet" }
    }.first { path in
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
    }
  }()

  static var isPossible: Bool {
    self.supervisor != nil
      && ["Xvfb", "pulseaudio"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }
  }

  static let reason = "needs Xvfb, pulseaudio and the built martlet program"

  let server: HostServer
  private let root: String

  /// - Parameter display: a shell script in the place of the display's server.
  init(
    command: [String] = ["sleep", "1000"],
    seats: Int = 1,
    warmStages: Int = 0,
    warmDelay: Duration = .milliseconds(100),
    admission: HostAdmission = .open,
    display: String? = nil
  ) throws {
    self.root = "/tmp/martlet-test-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: self.root, withIntermediateDirectories: true)
    var game = GameFile(name: "test-game", title: "Test", command: command, directory: "/")
    game.picture.defaultSize = Self.size
    game.endGrace = .milliseconds(200)
    var configuration = HostConfiguration(
      game: game,
      listenAddress: try SocketAddress(parsing: "127.0.0.1:0"),
      identity: StaticKeyPair(),
      seats: seats,
      encoder: .x264
    )
    configuration.stage.supervisorExecutable = Self.supervisor ?? ""
    configuration.stage.root = self.root
    if let display {
      let folder = "\(self.root)/bin"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data("#!/bin/sh\n\(display)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/Xvfb"))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/Xvfb")
      configuration.stage.searchPath = "\(folder):/usr/bin:/bin"
    }
    configuration.warmStages = warmStages
    configuration.warmDelay = warmDelay
    configuration.admission = admission
    var logger = Logger(label: "host") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    self.server = try HostServer.start(configuration, logger: logger)
  }

  deinit {
    self.server.stop()
    try? FileManager.default.removeItem(atPath: self.root)
  }

  /// The private directories of the stages that there are now.
  var stageDirectories: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: self.root)) ?? []).filter { $0.hasPrefix("martlet-stage") }
  }

  /// The processes of the host's stages whose program is `name`.
  func processes(named name: String) -> [pid_t] {
    let mark = Data("MARTLET_STAGE=\(self.root)/".utf8)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { pid in
      Self.contents("/proc/\(pid)/environ")?.range(of: mark) != nil
        && Self.contents("/proc/\(pid)/comm") == Data("\(name)\n".utf8)
    }
  }

  private static func contents(_ path: String) -> Data? {
    // A file of /proc has no size, so it is read to its end, not by its length.
    FileHandle(forReadingAtPath: path).flatMap { (try? $0.readToEnd()) ?? nil }
  }

  /// Waits, for fifteen seconds at most, until something holds.
  func eventually(_ condition: (HostUnderTest) -> Bool) async -> Bool {
    for _ in 0..<1500 {
      if condition(self) { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return condition(self)
  }
}
