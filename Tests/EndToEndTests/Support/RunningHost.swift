import Testing

/// A `martlet host` that listens on a port of its own on this machine.
final class RunningHost {
  let process: ChildProgram
  let folder: TestFolder
  let port: UInt16
  /// The address's part after `#`.
  let key: String

  var address: String { self.address(port: self.port) }
  var log: String { self.process.errors }

  /// - Parameter game: the game's file.
  init(game: String, in folder: TestFolder, arguments: [String] = [], name: String = "host") async throws {
    self.folder = folder
    self.process = try .martlet(
      ["host", "--game", game, "--listen", "127.0.0.1:0", "--verbose"] + arguments,
      in: folder,
      name: name
    )
    let process = self.process
    // A host that joins a network first measures how fast its encoders are.
    _ = await eventually(within: .seconds(30)) { process.output.contains("\n") || process.checkEnd() != nil }
    let line = process.output.prefix { $0 != "\n" }
    let match = try #require(try /martlet:\/\/127\.0\.0\.1:(\d+)#(\S+)/.wholeMatch(in: line), "\(process.errors)")
    self.port = try #require(UInt16(match.1))
    self.key = String(match.2)
  }

  static let freedoom = "\(Requirements.checkout)/Samples/freedoom/game.yaml"
  static let script = "\(Requirements.checkout)/Samples/input/freedoom-map01.txt"

  /// The host's address by way of another port.
  func address(port: UInt16) -> String { "martlet://127.0.0.1:\(port)#\(self.key)" }

  /// Starts a player of small pictures.
  func play(
    _ arguments: [String] = [],
    name: String = "play",
    port: UInt16? = nil,
    size: String = "640x400"
  ) throws -> ChildProgram {
    try .martlet(
      ["play", self.address(port: port ?? self.port), "--headless", "--size", size] + arguments,
      in: self.folder,
      name: name
    )
  }

  /// Asks the host to end, and expects it to leave nothing behind.
  func stop(within limit: Duration = .seconds(10), sourceLocation: SourceLocation = #_sourceLocation) async {
    self.process.send(15)
    let end = await self.process.waitForEnd(within: limit)
    #expect(end == .exited(0), "\(self.log)", sourceLocation: sourceLocation)
    #expect(self.folder.stageProcesses.isEmpty, sourceLocation: sourceLocation)
    #expect(self.folder.stageDirectories.isEmpty, sourceLocation: sourceLocation)
    await self.expectNoAbandonedDisplays(sourceLocation: sourceLocation)
  }
}
