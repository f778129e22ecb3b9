import Foundation
import Testing

extension EndToEnd {
  @Suite("Intra refresh", .serialized, .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment))
  struct IntraRefresh {
    private struct Summary: Decodable {
      struct Freeze: Decodable {
        var cause: String
        var durationNs: Int64
      }

      var keyframes: Int
      var refreshes: Int
      var freezes: [Freeze]
    }

    /// Who asks for it, and what the player says about the stream then.
    struct Asking: Sendable, CustomTestStringConvertible {
      var host: [String] = []
      var player: [String] = []
      /// Key frames without which it does not begin.
      var keyframes: Int

      var testDescription: String { self.host.isEmpty ? "the player" : "the host" }
    }

    @Test(
      "mends losses that come too late for repair without key frames, and the last good picture stays",
      arguments: [
        Asking(player: ["--intra-refresh"], keyframes: 2), Asking(host: ["--intra-refresh"], keyframes: 1),
      ]
    )
    func mends(asking: Asking) async throws {
      let folder = try TestFolder()
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder, arguments: asking.host)
      // What is lost first comes too late to be sent again once more is heard.
      let losses = [3, 5, 7, 9].map { "\($0)s down loss=100%\n\($0).15s down loss=0%\n" }.joined()
      let schedule = try folder.write(losses, to: "losses.txt")
      let link = try ChildProgram.martlet(
        ["link", "--to", "127.0.0.1:\(host.port)", "--delay", "15ms", "--schedule", schedule],
        in: folder,
        name: "link"
      )
      _ = await eventually(within: .seconds(10)) { link.output.contains("\n") || link.checkEnd() != nil }
      let address = link.output.prefix { $0 != "\n" }
      let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) }, "\(link.errors)")
      let script = try folder.write("0.2 key RIGHT press\n+40 key RIGHT release\n", to: "turning.txt")
      // Freedoom draws 35 pictures a second.
      let player = try host.play(
        ["--input", script, "--seconds", "10", "--rate", "35", "--json"] + asking.player,
        port: port,
        size: "320x200"
      )
      #expect(await player.waitForEnd(within: .seconds(40)) == .exited(0), "\(player.errors)")
      link.send(15)
      #expect(await link.waitForEnd() == .exited(0), "\(link.errors)")
      await host.stop()

      #expect(host.log.contains("intra refresh: for"), "\(host.log)")
      let isTold = player.errors.contains("the stream is 320x200 at 35 fps, H.264, intra refresh\n")
      #expect(isTold == !asking.player.isEmpty, "\(player.errors)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let summary = try decoder.decode(Summary.self, from: Data(player.output.utf8))
      // Four losses; a busy machine may make a wave too slow to wait for.
      #expect(summary.refreshes >= 1, "\(summary)")
      #expect(summary.keyframes <= asking.keyframes + 2, "\(summary)")
      #expect(summary.freezes.contains { $0.cause == "waiting for intra refresh" }, "\(summary)")
    }
  }
}
