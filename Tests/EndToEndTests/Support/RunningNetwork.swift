import Foundation
import Testing

/// An indexer and hosts on this machine, as real processes.
final class RunningNetwork {
  let folder: TestFolder
  let indexer: ChildProgram
  /// The indexer's address, with its key.
  let url: String
  private(set) var hosts: [RunningHost] = []

  init(in folder: TestFolder) async throws {
    self.folder = folder
    self.indexer = try .martlet(
      ["index", "--data", folder.file("index"), "--listen", "127.0.0.1:0"],
      in: folder,
      name: "indexer"
    )
    let indexer = self.indexer
    _ = await eventually { indexer.output.contains("\n") || indexer.checkEnd() != nil }
    self.url = String(indexer.output.prefix { $0 != "\n" })
    try #require(self.url.hasPrefix("http://127.0.0.1:"), "\(indexer.errors)")
  }

  /// Starts a host that offers Freedoom, and waits until it has a stage ready and the indexer knows.
  func addHost(_ arguments: [String] = []) async throws {
    let name = "host-\(self.hosts.count + 1)"
    let known = try await self.warmStages()
    self.hosts.append(
      try await RunningHost(
        game: RunningHost.freedoom,
        in: self.folder,
        arguments: ["--key", self.folder.file("\(name).key"), "--indexer", self.url, "--region", name] + arguments,
        name: name
      )
    )
    let deadline = ContinuousClock.now + .seconds(30)
    while try await self.warmStages() <= known {
      try #require(ContinuousClock.now < deadline, "\(self.hosts.last?.log ?? "")")
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Starts a player who asks the indexer for the game.
  func play(
    _ arguments: [String] = [],
    game: String = "freedoom",
    name: String = "play"
  ) throws -> ChildProgram {
    try .martlet(
      [
        "play", game, "--indexer", self.url, "--headless", "--size", "320x200", "--key",
        self.folder.file("\(name).key"),
      ] + arguments,
      in: self.folder,
      name: name
    )
  }

  /// What a command that asks the indexer prints.
  func ask(_ command: String, _ arguments: [String] = []) async throws -> String {
    let child = try ChildProgram.martlet(
      [command, "--indexer", self.url] + arguments,
      in: self.folder,
      name: "ask"
    )
    try #require(await child.waitForEnd() == .exited(0), "\(child.errors)")
    return child.output
  }

  /// Games that stand ready on hosts that the indexer would choose.
  private func warmStages() async throws -> Int {
    struct Games: Decodable {
      struct Game: Decodable {
        var warm: Int
      }
      var games: [Game]
    }
    let text = try await self.ask("games", ["--json"])
    return try JSONDecoder().decode(Games.self, from: Data(text.utf8)).games.reduce(0) { $0 + $1.warm }
  }

  /// Ends the hosts that still run, and the indexer.
  func stop() async {
    for host in self.hosts where host.process.checkEnd() == nil { host.process.send(15) }
    for host in self.hosts { _ = await host.process.waitForEnd(within: .seconds(10)) }
    self.indexer.send(15)
    #expect(await self.indexer.waitForEnd(within: .seconds(10)) == .exited(0), "\(self.indexer.errors)")
    #expect(self.folder.stageProcesses.isEmpty)
  }
}
