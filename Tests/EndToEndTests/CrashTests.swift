import Foundation
import Glibc
import Testing

extension EndToEnd {
  @Suite("A crash", .serialized, .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment))
  struct Crash {
    private let folder: TestFolder
    private let host: RunningHost

    init() async throws {
      self.folder = try TestFolder()
      self.host = try await RunningHost(game: RunningHost.freedoom, in: self.folder)
    }

    private func startedPlayer(_ arguments: [String] = []) async throws -> ChildProgram {
      let player = try self.host.play(arguments, size: "320x200")
      try #require(await self.host.process.waitForError("runs: display"), "\(self.host.log) \(player.errors)")
      return player
    }

    @Test("of the game ends the session and tells the player why")
    func game() async throws {
      let player = try await self.startedPlayer()
      let game = try #require(self.folder.stageProcess(named: "chocolate-doom"))
      kill(game, SIGSEGV)
      #expect(await player.waitForEnd() == .exited(1))
      #expect(player.errors.contains("the host ended the session: the game ended: it crashed with signal 11"))
      #expect(await self.host.process.waitForError("seat free"))
      await self.host.stop()
    }

    @Test("of the display ends the session with a reason, and the host serves the next player")
    func display() async throws {
      let player = try await self.startedPlayer()
      kill(try #require(self.folder.stageProcess(named: "Xvfb")), SIGKILL)
      #expect(await player.waitForEnd() == .exited(1))
      // Whoever noticed first: the stage, or the capture.
      let reasons = ["the game's display failed", "the connection to the X server was lost"]
      #expect(reasons.contains { player.errors.contains("the game failed: \($0)") }, "\(player.errors)")
      #expect(await self.host.process.waitForError("seat free"))

      let next = try self.host.play(["--json", "--seconds", "1"], name: "next", size: "320x200")
      #expect(await next.waitForEnd() == .exited(0), "\(next.errors)")
      await self.host.stop()
    }

    @Test("of the player costs nothing but its seat for a while, with its keys let go")
    func player() async throws {
      let player = try await self.startedPlayer()
      player.send(SIGKILL)
      #expect(await self.host.process.waitForError("went silent; its seat is kept"), "\(self.host.log)")
      #expect(self.folder.stageProcess(named: "chocolate-doom") != nil)
      let next = try self.host.play(["--seconds", "1"], name: "next")
      #expect(await next.waitForEnd() == .exited(75), "\(next.errors)")
      await self.host.stop()
    }

    @Test("of the host leaves nothing behind, and the player notices")
    func host() async throws {
      let player = try await self.startedPlayer()
      #expect(self.folder.stageProcesses.count >= 4)
      #expect(!self.folder.stageDirectories.isEmpty)
      self.host.process.send(SIGKILL)
      let isClean = await eventually(within: .seconds(5)) {
        self.folder.stageProcesses.isEmpty && self.folder.stageDirectories.isEmpty
      }
      #expect(isClean, "\(self.folder.stageProcesses) \(self.folder.stageDirectories)")
      await self.host.expectNoAbandonedDisplays()
      #expect(await player.waitForError("the host has gone silent"), "\(player.errors)")
      player.send(SIGTERM)
      #expect(await player.waitForEnd() == .exited(0))
    }
  }
}
