import Foundation
import Testing

/// A game that was played through `martlet link` to its end, and what the programs left behind.
struct LinkedSession {
  /// What the programs said on standard error.
  let hostLog: String
  let playerLog: String
  /// What `martlet trace show --json` says of the host's trace.
  let trace: String
  /// The player's summary.
  let summary: String
  /// What the link counted, by `--json`.
  let counted: String
  /// Those that were decoded.
  let frames: [FrameRecord]

  /// Plays; the player turns all the time, so that pictures are worth bits.
  ///
  /// - Parameters:
  ///   - conditions: of the link.
  ///   - schedule: how they change.
  static func play(
    _ conditions: [String],
    schedule: String? = nil,
    seconds: Int,
    size: String = "640x400"
  ) async throws -> LinkedSession {
    let folder = try TestFolder()
    // What is read at the end is in it.
    defer { withExtendedLifetime(folder) {} }
    let (tracePath, statistics) = (folder.file("trace.jsonl"), folder.file("frames.jsonl"))
    let host = try await RunningHost(game: RunningHost.freedoom, in: folder, arguments: ["--trace", tracePath])
    let changes = try schedule.map { ["--schedule", try folder.write($0, to: "schedule.txt")] } ?? []
    let link = try ChildProgram.martlet(
      ["link", "--to", "127.0.0.1:\(host.port)", "--json"] + conditions + changes,
      in: folder,
      name: "link"
    )
    _ = await eventually { link.output.contains("\n") || link.checkEnd() != nil }
    let address = link.output.prefix { $0 != "\n" }
    let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) }, "\(link.errors)")
    let script = try folder.write("0.2 key RIGHT press\n+40 key RIGHT release\n", to: "turning.txt")
    let player = try host.play(
      ["--stats", statistics, "--input", script, "--seconds", "\(seconds)"],
      port: port,
      size: size
    )
    #expect(await player.waitForEnd(within: .seconds(seconds + 30)) == .exited(0), "\(player.errors)")
    link.send(15)
    #expect(await link.waitForEnd() == .exited(0), "\(link.errors)")
    await host.stop()
    let show = try ChildProgram.martlet(["trace", "show", tracePath, "--json"], in: folder, name: "show")
    #expect(await show.waitForEnd() == .exited(0), "\(show.errors)")
    try await Self.plot(tracePath, in: folder)
    let lines = try String(contentsOfFile: statistics, encoding: .utf8).split(separator: "\n")
    return LinkedSession(
      hostLog: host.log,
      playerLog: player.errors,
      trace: show.output,
      summary: String(try #require(lines.last)),
      counted: String(try #require(link.output.split(separator: "\n").last)),
      frames: try FrameRecord.read(statistics).filter { $0.decodedNs > 0 }
    )
  }

  /// Reads one of the texts in JSON.
  static func decode<Value: Decodable>(_ text: String) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Value.self, from: Data(text.utf8))
  }

  private static func plot(_ trace: String, in folder: TestFolder) async throws {
    let page = folder.file("trace.html")
    let plot = try ChildProgram.martlet(["trace", "plot", trace, "-o", page], in: folder, name: "plot")
    #expect(await plot.waitForEnd() == .exited(0), "\(plot.errors)")
    #expect(FileManager.default.contents(atPath: page).map { $0.count > 20_000 } ?? false)
  }
}
