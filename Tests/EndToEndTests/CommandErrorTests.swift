import Foundation
import Glibc
import Testing

extension EndToEnd.StartErrors {
  /// Runs `martlet` and expects the argument parser's status, and that it says `words`.
  func expectUsage(
    _ arguments: [String],
    says words: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let process = try ChildProgram.martlet(arguments, in: self.folder, name: "usage")
    #expect(await process.waitForEnd() == .exited(64), "\(process.errors)", sourceLocation: sourceLocation)
    #expect(process.errors.hasPrefix("Error: "), "\(process.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(process.errors.contains(word), "\(process.errors)", sourceLocation: sourceLocation)
    }
    #expect(process.output.isEmpty, sourceLocation: sourceLocation)
  }

  @Test(
    "a place to listen that is none is wrong usage, for a host and for an indexer",
    arguments: ["127.0.0.1:99999", "127.0.0.1", "127.0.0.1:", ":7777", "::1:7777", "[::1]", "127.0.0.1:-1"]
  )
  func listen(address: String) async throws {
    let game = try self.folder.write("name: x\ntitle: X\ncommand: [sleep, 60]\n", to: "game.yaml")
    try await self.expectUsage(["host", "--game", game, "--listen=\(address)"], says: "--listen", "0 to 65535")
    try await self.expectUsage(["index", "--listen=\(address)"], says: "--listen", "0 to 65535")
    try await self.expectUsage(["index", "doctor", "--listen=\(address)"], says: "--listen", "0 to 65535")
  }

  @Test("sizes and places that make no sense are told what would, with status 64")
  func ranges() async throws {
    for size in ["1280", "1280x", "15x16", "1281x720", "3842x2160", "axb"] {
      try await self.expectUsage(["play", self.nobody, "--size", size], says: "--size", "16x16 to 3840x2160")
    }
    for place in ["91,0", "0,181", "52.5", "here"] {
      try await self.expectUsage(["play", "x", "--near", place], says: "--near", "-90 to 90 and -180 to 180")
      try await self.expectUsage(["hosts", "--near", place], says: "--near", "-90 to 90 and -180 to 180")
    }
  }

  @Test("what begins with a minus is a value where it may be one")
  func minus() async throws {
    let nobody = ["--indexer", "http://127.0.0.1:9"]
    try await self.expect(["hosts", "--near", "-33.9,-70.6"] + nobody, status: 69, says: "http://127.0.0.1:9")
    let avoid = ["--near", "-33.9,-70.6", "--avoid", "-4AwYTOSHJXyhRRsddaycg"]
    try await self.expect(["play", "x"] + avoid + nobody, status: 69, says: "http://127.0.0.1:9")
    let place = ["--latitude", "-91", "--longitude", "-181"]
    try await self.expectUsage(["host"] + place + nobody, says: "--latitude must be -90 to 90")
  }

  @Test("an indexer's address that is none is wrong usage, on the command line and in the environment")
  func indexerAddress() async throws {
    for command in [["play", "x"], ["games"], ["hosts"]] {
      try await self.expectUsage(command + ["--indexer", "index.example"], says: "index.example", "http://host:port")
    }
    try await self.expect(
      ["games"],
      status: 64,
      says: "index.example",
      "http://host:port",
      environment: ["MARTLET_INDEXER": "index.example"]
    )
  }

  @Test("an indexer that is not there gives status 69, none named says how to, and certificates that are missing 66")
  func noIndexer() async throws {
    try await self.expect(["play", "x", "--indexer", "http://127.0.0.1:9"], status: 69, says: "http://127.0.0.1:9")
    try await self.expect(["play", "x"], status: 69, says: "--indexer", "MARTLET_INDEXER")
    let missing = self.folder.file("none.pem")
    try await self.expect(
      ["play", "x", "--indexer", "https://127.0.0.1:9", "--trust", missing],
      status: 66,
      says: missing
    )
  }

  @Test("an indexer whose port is taken, whose storage is missing, or whose certificate is none, says what to do")
  func indexer() async throws {
    let first = try ChildProgram.martlet(
      ["index", "--data", self.folder.file("one"), "--listen", "127.0.0.1:0"],
      in: self.folder,
      name: "indexer"
    )
    try #require(await eventually { first.output.contains("\n") }, "\(first.errors)")
    let port = try #require(try /http:\/\/127\.0\.0\.1:(\d+)#/.firstMatch(in: first.output)?.1)
    let data = ["--data", self.folder.file("two")]
    try await self.expect(
      ["index", "--listen", "127.0.0.1:\(port)"] + data,
      status: 74,
      says: "127.0.0.1:\(port): Address already in use; choose another with --listen"
    )
    try await self.expect(["index", "--listen", "192.0.2.1:0"] + data, status: 74, says: "192.0.2.1:0", "--listen")
    first.send(SIGTERM)
    _ = await first.waitForEnd()
    let nonsense = try self.folder.write("no certificate", to: "no.pem")
    try await self.expect(
      ["index", "--listen", "127.0.0.1:0", "--tls-certificate", nonsense, "--tls-key", nonsense] + data,
      status: 65,
      says: "--tls-certificate"
    )
    try await self.expect(
      ["index", "--listen", "127.0.0.1:0", "--data", "/proc/nowhere"],
      status: 69,
      says: "/proc/nowhere"
    )
    try await self.expect(
      ["index", "--listen", "127.0.0.1:0", "--database", "postgres://nobody@/none?host=/nonexistent"],
      status: 69,
      says: "no storage",
      "--database"
    )
  }

  @Test("a host on a machine without Xvfb says what to install before anybody comes, with status 69")
  func noDisplayProgram() async throws {
    let game = try self.folder.write("name: x\ntitle: X\ncommand: [sleep, 60]\n", to: "game.yaml")
    try await self.expect(
      ["host", "--game", game, "--listen", "127.0.0.1:0"],
      status: 69,
      says: "Xvfb",
      "apt install xvfb",
      environment: ["PATH": "/nonexistent"]
    )
  }
}

extension EndToEnd.SessionErrors {
  @Test("a host whose indexer does not hold the pinned key ends with status 77, and says whom to ask")
  func wrongIndexerKey() async throws {
    let folder = try TestFolder()
    let indexer = try ChildProgram.martlet(
      ["index", "--data", folder.file("index"), "--listen", "127.0.0.1:0"],
      in: folder,
      name: "indexer"
    )
    try #require(await eventually { indexer.output.contains("\n") }, "\(indexer.errors)")
    let base = indexer.output.prefix { $0 != "#" }
    let game = try folder.write("name: x\ntitle: X\ncommand: [sleep, 60]\n", to: "game.yaml")
    // RFC 8032's first test key: somebody's, and not this indexer's.
    let host = try ChildProgram.martlet(
      [
        "host", "--game", game, "--listen", "127.0.0.1:0", "--warm", "0", "--indexer",
        "\(base)#11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
      ],
      in: folder,
      name: "host"
    )
    #expect(await host.waitForEnd(within: .seconds(40)) == .exited(77), "\(host.errors)")
    #expect(host.errors.contains("ask whoever runs the indexer for its address"), "\(host.errors)")
    indexer.send(SIGTERM)
    _ = await indexer.waitForEnd()
  }

  @Test("a player whose host was killed before its time was up does not end as if all had been well")
  func killedAtTheEnd() async throws {
    let folder = try TestFolder()
    let game = try folder.write("name: x\ntitle: X\ncommand: [sleep, 60]\n", to: "game.yaml")
    let host = try await RunningHost(game: game, in: folder)
    let player = try host.play(["--seconds", "3"])
    try #require(await host.process.waitForError("first picture"), "\(host.log)")
    host.process.send(SIGKILL)
    #expect(await player.waitForEnd(within: .seconds(20)) == .exited(69), "\(player.errors)")
    #expect(player.errors.contains("fell silent"), "\(player.errors)")
  }
}
