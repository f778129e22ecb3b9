import Foundation
import Testing

extension EndToEnd {
  @Suite(
    "Keys on disk",
    .serialized,
    .enabled(if: Requirements.martlet != nil, "needs the built martlet program"),
    .timeLimit(.minutes(1))
  )
  struct KeyFiles {
    private struct Shown: Decodable, Equatable {
      struct Keys: Decodable, Equatable {
        var identity: String
        var id: String
        var transport: String
      }

      var host: Keys
      var player: Keys
      var indexer: Keys
    }

    private let folder: TestFolder

    init() throws {
      self.folder = try TestFolder()
    }

    private func show(_ name: String) async throws -> ChildProgram {
      let process = try ChildProgram.martlet(
        ["key", "show", "--json"],
        in: self.folder,
        name: name,
        environment: ["XDG_DATA_HOME": self.folder.file("data")]
      )
      _ = await process.waitForEnd()
      return process
    }

    private func mode(_ path: String) throws -> Int? {
      let attributes = try FileManager.default.attributesOfItem(atPath: self.folder.file(path))
      return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test("are made on first use for their owner alone, and are the same ever after")
    func made() async throws {
      let first = try await self.show("first")
      let shown = try JSONDecoder().decode(Shown.self, from: Data(first.output.utf8))
      #expect(try self.mode("data/martlet") == 0o700)
      for role in ["host", "player", "indexer"] { #expect(try self.mode("data/martlet/\(role).key") == 0o600) }
      for keys in [shown.host, shown.player, shown.indexer] {
        #expect(keys.identity.utf8.count == 43)
        #expect(keys.id.utf8.count == 22)
        #expect(keys.transport.utf8.count == 43)
      }
      #expect(Set([shown.host.id, shown.player.id, shown.indexer.id]).count == 3)
      let second = try await self.show("second")
      #expect(second.output == first.output)
    }

    @Test("are refused when others may use them, with what to do about it")
    func open() async throws {
      _ = try await self.show("first")
      for mode in [0o640, 0o604, 0o620] {
        try FileManager.default.setAttributes(
          [.posixPermissions: mode],
          ofItemAtPath: self.folder.file("data/martlet/player.key")
        )
        let process = try await self.show("mode \(mode)")
        #expect(await process.waitForEnd() == .exited(77))
        #expect(process.output.isEmpty)
        #expect(process.errors.contains("chmod 600"))
      }
    }

    @Test("are refused when they are no keys")
    func nonsense() async throws {
      _ = try await self.show("first")
      let path = self.folder.file("data/martlet/player.key")
      try Data(count: 31).write(to: URL(filePath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      let process = try await self.show("short")
      #expect(await process.waitForEnd() == .exited(65))
      #expect(process.errors.contains(path))
    }
  }
}
