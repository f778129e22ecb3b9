import DatagramIO
import Foundation
import IndexAPI
import IndexClient
import MediaUnits

/// An indexer and two hosts on this machine, for as long as it lives.
final class DemoNetwork {
  /// Starting a game to stand ready takes a few seconds, and measuring the encoders up to ten.
  private static let patience: Duration = .seconds(60)

  /// The indexer's address.
  let url: String
  /// The game's name.
  let game: String
  /// Names for people, by host.
  private(set) var names: [HostID: String] = [:]
  private let directory: String
  private let indexer: ChildRole
  private let hosts: [ChildRole]

  /// - Parameters:
  ///   - game: the game's file.
  ///   - name: what players call it.
  init(game path: String, name: String) throws {
    let directory = NSTemporaryDirectory() + "martlet-demo-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
    self.directory = directory
    self.game = name
    self.indexer = try ChildRole(
      "indexer",
      ["index", "--data", directory + "/index", "--key", directory + "/indexer.key", "--listen", "127.0.0.1:0"],
      in: directory
    )
    let url = try self.indexer.firstLine(within: .seconds(20))
    self.url = url
    self.hosts = try (1...2).map { number in
      try ChildRole(
        "host \(number)",
        [
          "host", "--game", path, "--listen", "127.0.0.1:0", "--key", "\(directory)/host-\(number).key", "--indexer",
          url,
          "--warm", "1", "--region", "demo-\(number)",
        ],
        in: directory
      )
    }
  }

  deinit {
    self.stop()
  }

  /// Waits until both hosts are registered, each with a stage that stands ready.
  ///
  /// - Parameter mustStop: whether not to wait any longer.
  /// - Throws: ``CommandFailure`` if one of them ends, it takes too long, or it must stop.
  func waitUntilReady(_ client: IndexClient, mustStop: () -> Bool) throws {
    let deadline = Instant.now + Self.patience
    while true {
      for child in [self.indexer] + self.hosts { try child.expectRunning() }
      let game = self.game
      let list = try? Blocking.run { try await client.hosts(game: game).hosts }
      let ready = (list ?? []).filter { $0.games.contains { $0.name == game && $0.warm > 0 } }
      if ready.count == self.hosts.count {
        for host in ready { self.names[host.endpoint.host] = host.region ?? "\(host.endpoint.host)" }
        return
      }
      guard !mustStop() else { throw CommandFailure(.sessionFailed, "stopped before the hosts were ready") }
      guard .now < deadline else {
        throw CommandFailure(.unavailable, "the hosts do not get ready; what they say is in \(self.directory)")
      }
      Thread.sleep(forTimeInterval: 0.1)
    }
  }

  /// Ends everything and leaves nothing behind.
  func stop() {
    for host in self.hosts { host.stop() }
    self.indexer.stop()
    try? FileManager.default.removeItem(atPath: self.directory)
  }
}
