import Foundation
import Testing

extension EndToEnd {
  @Suite(
    "A path that narrows while a game is streamed",
    .serialized,
    .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment)
  )
  struct PathChange {
    private struct Trace: Decodable {
      struct Change: Decodable {
        var atSeconds: Double
        var width: Int
        var reason: String
        var isFailed: Bool
        var carriedMegabits: Double?
      }

      var changes: [Change]
    }

    /// Full at 10 Mbit/s, too narrow for 640 × 400 from the third second on, and wide again from the eleventh.
    private static let schedule = "0s down rate=10M\n3s down rate=600k\n11s down rate=10M\n"

    @Test("the host makes the picture smaller, tells the player, and makes it larger again")
    func fallsAndRises() async throws {
      let folder = try TestFolder()
      let traceFile = folder.file("trace.jsonl")
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder, arguments: ["--trace", traceFile])
      let link = try ChildProgram.martlet(
        [
          "link", "--to", "127.0.0.1:\(host.port)", "--delay", "10ms", "--schedule",
          try folder.write(Self.schedule, to: "schedule.txt"),
        ],
        in: folder,
        name: "link"
      )
      _ = await eventually(within: .seconds(10)) { link.output.contains("\n") || link.checkEnd() != nil }
      let address = link.output.prefix { $0 != "\n" }
      let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) }, "\(link.errors)")
      let statistics = folder.file("frames.jsonl")
      // Turns all the time, so that pictures are worth bits.
      let script = try folder.write("0.2 key RIGHT press\n+40 key RIGHT release\n", to: "turning.txt")
      let player = try host.play(
        ["--stats", statistics, "--input", script, "--seconds", "19"],
        port: port
      )
      #expect(await player.waitForEnd(within: .seconds(50)) == .exited(0), "\(player.errors)")
      link.send(15)
      #expect(await link.waitForEnd() == .exited(0), "\(link.errors)")
      await host.stop()

      // One handshake, and the player was told why.
      #expect(host.log.ranges(of: "accepted").count == 1 && !host.log.contains("resumed"), "\(host.log)")
      #expect(player.errors.contains("fps, H.264; the network carries no more\n"), "\(player.errors)")

      let show = try ChildProgram.martlet(["trace", "show", traceFile, "--json"], in: folder, name: "show")
      #expect(await show.waitForEnd() == .exited(0), "\(show.errors)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let changes = try decoder.decode(Trace.self, from: Data(show.output.utf8)).changes
      #expect(changes.allSatisfy { $0.reason == "path" && !$0.isFailed }, "\(changes)")
      let down = try #require(changes.first { $0.width < 640 }, "\(player.errors) \(show.output)")
      #expect(3.2..<8 ~= down.atSeconds, "\(changes)")
      #expect(down.carriedMegabits.map { $0 < 1.1 } ?? false, "640 × 400 at 60 needs 1.06 Mbit/s: \(changes)")
      let least = changes.map(\.width).min() ?? 0
      let up = changes.last { $0.atSeconds > 11 }
      #expect(up.map { $0.width > least } ?? false, "\(changes)")

      // It went on being a game: pictures came all the time.
      let frames = try FrameRecord.read(statistics).filter { $0.decodedNs > 0 }
      let start = try #require(frames.first).decodedNs
      for second in 5..<18 {
        let count = frames.count { ($0.decodedNs - start) / 1_000_000_000 == second }
        #expect(count >= 10, "\(count) pictures in second \(second)")
      }
    }
  }
}
