import Foundation
import Glibc
import Testing

extension EndToEnd {
  @Suite(
    "What goes wrong at the start",
    .serialized,
    .enabled(if: Requirements.martlet != nil, "needs the built martlet program")
  )
  struct StartErrors {
    let folder: TestFolder
    let nobody = "martlet://127.0.0.1:9#" + String(repeating: "A", count: 42) + "E"

    init() throws {
      self.folder = try TestFolder()
    }

    /// Runs `martlet` and expects a status and one line on standard error that says `words`.
    func expect(
      _ arguments: [String],
      status: Int32,
      says words: String...,
      environment: [String: String] = [:],
      sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let process = try ChildProgram.martlet(arguments, in: self.folder, name: "error", environment: environment)
      #expect(await process.waitForEnd() == .exited(status), "\(process.errors)", sourceLocation: sourceLocation)
      // The log's own lines begin with the time.
      let lines = process.errors.split(separator: "\n").filter { !$0.hasPrefix("20") }
      #expect(lines.count == 1, "\(process.errors)", sourceLocation: sourceLocation)
      for word in words { #expect(lines.last?.contains(word) == true, "\(lines)", sourceLocation: sourceLocation) }
      #expect(process.output.isEmpty, sourceLocation: sourceLocation)
    }

    @Test("a game file that is not there is named, with status 66")
    func missingGame() async throws {
      let path = self.folder.file("none.yaml")
      try await self.expect(["host", "--game", path, "--listen", "127.0.0.1:0"], status: 66, says: path)
    }

    @Test("a game file that makes no sense is explained, with status 65")
    func badGame() async throws {
      let path = try self.folder.write(
        "name: x\ntitle: X\ncommand: [true]\npicture:\n  maximumRate: 1000\n",
        to: "bad.yaml"
      )
      try await self.expect(["host", "--game", path, "--listen", "127.0.0.1:0"], status: 65, says: path, "maximumRate")
    }

    @Test("a port that is taken gives status 74 and says what to do")
    func busyPort() async throws {
      let taken = try UDPPort()
      let game = try self.folder.write("name: x\ntitle: X\ncommand: [sleep, 60]\n", to: "game.yaml")
      try await self.expect(
        ["host", "--game", game, "--listen", "127.0.0.1:\(taken.port)"],
        status: 74,
        says: "127.0.0.1:\(taken.port)",
        "--listen"
      )
    }

    @Test(
      "an encoder that cannot run here gives status 69",
      .enabled(if: !FileManager.default.fileExists(atPath: "/dev/nvidiactl"), "this machine has an NVIDIA GPU")
    )
    func noEncoder() async throws {
      let game = try self.folder.write("name: x\ntitle: X\ncommand: [sleep, 60]\n", to: "game.yaml")
      try await self.expect(
        ["host", "--game", game, "--listen", "127.0.0.1:0", "--encoder", "h264_nvenc"],
        status: 69,
        says: "h264_nvenc"
      )
    }

    @Test("an input script that cannot be read gives status 66, and one that is wrong 65 and its line")
    func scripts() async throws {
      let missing = self.folder.file("none.txt")
      try await self.expect(["play", self.nobody, "--input", missing], status: 66, says: missing)
      let bad = try self.folder.write("# fine\n1.0 key UP press\n+1 key NOSUCHKEY press\n", to: "bad.txt")
      try await self.expect(["play", self.nobody, "--input", bad], status: 65, says: bad, "line 3", "NOSUCHKEY")
    }

    @Test(
      "an address that is none gives status 65",
      arguments: ["http://127.0.0.1", "martlet://127.0.0.1:7777", "martlet://h#k"]
    )
    func badAddress(address: String) async throws {
      try await self.expect(["play", address], status: 65, says: address)
    }

    @Test(
      "an output that cannot be written is named before any host is asked, with status 73",
      arguments: ["--record", "--stats", "--raw", "--strip", "--sound", "--keylog", "--snapshot-every"]
    )
    func unwritable(option: String) async throws {
      let path = "/proc/nowhere/" + (option == "--record" ? "x.mkv" : option == "--sound" ? "x.wav" : "x")
      let values = option == "--snapshot-every" ? ["5", path] : [path]
      try await self.expect(["play", self.nobody, option] + values, status: 73, says: path)
    }

    @Test("a window without a display gives status 74")
    func noDisplay() async throws {
      try await self.expect(["play", self.nobody, "--window"], status: 74, says: "DISPLAY")
      try await self.expect(
        ["play", self.nobody, "--window"],
        status: 74,
        says: ":4711",
        environment: ["DISPLAY": ":4711"]
      )
    }

    @Test("a host that is not there gives status 69")
    func noHost() async throws {
      try await self.expect(["play", self.nobody], status: 69, says: "127.0.0.1:9")
    }

    @Test("a host with another key than the address names gives status 77")
    func wrongKey() async throws {
      let game = try self.folder.write("name: x\ntitle: X\ncommand: [sleep, 60]\n", to: "game.yaml")
      let host = try await RunningHost(game: game, in: self.folder)
      // The hexadecimal 9 is the base point of X25519: a key as good as any.
      let other = "CQ" + String(repeating: "A", count: 41)
      try await self.expect(["play", "martlet://127.0.0.1:\(host.port)#\(other)"], status: 77, says: "key")
      await host.stop()
    }
  }

  @Suite(
    "What goes wrong in a session",
    .serialized,
    .enabled(if: Requirements.hasStage, Requirements.stageComment)
  )
  struct SessionErrors {
    @Test("a game whose program is missing ends the session with the reason, and the host serves on")
    func missingProgram() async throws {
      let folder = try TestFolder()
      let game = try folder.write("name: x\ntitle: X\ncommand: [no-such-game]\n", to: "game.yaml")
      let host = try await RunningHost(game: game, in: folder)
      for name in ["first", "second"] {
        let player = try host.play(["--seconds", "1"], name: name)
        #expect(await player.waitForEnd() == .exited(1))
        let lines = player.errors.split(separator: "\n")
        #expect(lines.last?.contains("no-such-game does not exist") == true, "\(player.errors)")
      }
      await host.stop()
    }

    @Test("a second player for one seat is told to try later, with status 75, and the first is not disturbed")
    func noFreeSeat() async throws {
      let folder = try TestFolder()
      let game = try folder.write("name: x\ntitle: X\ncommand: [sleep, 60]\n", to: "game.yaml")
      let host = try await RunningHost(game: game, in: folder)
      let first = try host.play(["--seconds", "2"], name: "first")
      try #require(await host.process.waitForError("accepted"))
      let second = try host.play(["--seconds", "1"], name: "second")
      #expect(await second.waitForEnd() == .exited(75))
      #expect(second.errors.contains("seats are taken; try again later"), "\(second.errors)")
      #expect(await first.waitForEnd() == .exited(0), "\(first.errors)")
      await host.stop()
    }

    @Test("a host that is told to stop says goodbye to its players")
    func shutdown() async throws {
      let folder = try TestFolder()
      let game = try folder.write("name: x\ntitle: X\ncommand: [sleep, 60]\n", to: "game.yaml")
      let host = try await RunningHost(game: game, in: folder)
      let player = try host.play()
      try #require(await host.process.waitForError("runs: display"), "\(host.log)")
      await host.stop()
      #expect(await player.waitForEnd() == .exited(1))
      #expect(player.errors.contains("the host is shutting down"), "\(player.errors)")
    }
  }
}
