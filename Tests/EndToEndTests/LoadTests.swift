import Foundation
import LoadTest
import SessionReport
import Testing

extension EndToEnd {
  /// A real host, whose pictures are synthetic, and real players without windows.
  @Suite("A load test", .serialized)
  struct Load {
    private final class SyntheticHost {
      let folder: TestFolder
      let process: ChildProgram
      let address: String

      init(seats: Int) async throws {
        let folder = try TestFolder()
        let process = try ChildProgram.martlet(
          [
            "host", "--synthetic", "--synthetic-size", "320x180", "--seats", "\(seats)", "--maximum-bitrate", "2",
            "--listen", "127.0.0.1:0",
          ],
          in: folder,
          name: "host"
        )
        _ = await eventually(within: .seconds(30)) { process.output.contains("\n") || process.checkEnd() != nil }
        let line = process.output.prefix { $0 != "\n" }
        try #require(line.hasPrefix("martlet://"), "\(process.errors)")
        (self.folder, self.process, self.address) = (folder, process, String(line))
      }

      /// Starts players of the host's picture.
      func load(_ arguments: [String]) throws -> ChildProgram {
        try .martlet(
          ["load", self.address, "--size", "320x180", "--bitrate", "2", "--json"] + arguments,
          in: self.folder,
          name: "load"
        )
      }

      func result(of load: ChildProgram) async throws -> LoadResult {
        _ = await load.waitForEnd(within: .seconds(60))
        return try LoadResult(parsing: Data(load.output.utf8))
      }
    }

    @Test("of players with links, input and decoders measures all of them")
    func whole() async throws {
      let host = try await SyntheticHost(seats: 4)
      let script = try host.folder.write("0.1 key a tap\n+0.2 move 5 0\n", to: "script.txt")
      let load = try host.load([
        "--players", "4", "--duration", "6", "--decode", "full", "--input", script, "--link", "delay=10ms",
      ])
      let result = try await host.result(of: load)
      #expect(load.checkEnd() == .exited(0), "\(load.errors)")
      #expect(result.players == 4 && result.playersWithPicture == 4 && result.failures.isEmpty)
      #expect(result.frames > 4 * 60 * 4, "\(result.frames) frames")
      let decoded = try #require(result.decoded)
      #expect(decoded.players == 4 && decoded.failed == 0)
      #expect(decoded.pictures >= result.frames - 4 * 16 && decoded.pictures <= result.frames)
      let age = try #require(result.latencies["capture-to-complete"]?.percentile(50))
      #expect(age > 9.5, "the link takes 10 ms one way")
      let shown = try #require(result.latencies["capture-to-decoded"]?.percentile(50))
      #expect(shown >= age * 0.99)
      let input = try #require(result.latencies["input-to-frame"])
      #expect(input.count > 4 * 4)
      #expect(try #require(input.percentile(50)) > 19.5, "the link takes 10 ms each way")
      #expect(try #require(result.latencies["receive-queue"]).count > result.frames)
      #expect(result.streams.first?.link == "delay=10ms")
      #expect(result.series.samples.map(\.frames).reduce(0, +) == result.frames)
      #expect(try #require(result.opinion).score > 2)
    }

    @Test("rebuilds packets from parity on a path that is too long to ask again")
    func parity() async throws {
      let host = try await SyntheticHost(seats: 1)
      let load = try host.load(["--players", "1", "--duration", "6", "--link", "delay=40ms,loss=10%"])
      let result = try await host.result(of: load)
      #expect(result.packetsLost > 20 && result.packetsRebuilt > 20, "\(result.packetsLost) \(result.packetsRebuilt)")
    }

    @Test("gives players links in turn, of which one follows a recorded path")
    func links() async throws {
      let host = try await SyntheticHost(seats: 2)
      // Milliseconds at which a packet of 1500 bytes fits: one in 20 ms, 0.6 Mbit/s.
      let trace = try host.folder.write("20\n40\n60\n80\n100\n", to: "slow.txt")
      let page = host.folder.file("page.html")
      let load = try host.load([
        "--players", "2", "--duration", "5", "--link", "perfect", "--link", "delay=40ms", "--link-trace", trace,
        "--html", page, "--prometheus", host.folder.file("load.prom"), "--rate", "20",
      ])
      let result = try await host.result(of: load)
      #expect(result.streams.first?.link == "perfect,trace=slow.txt or delay=40ms,trace=slow.txt")
      let age = try #require(result.latencies["capture-to-complete"]?.histogram)
      #expect(age.maximumNanoseconds > 40_000_000)
      #expect(result.framesSkipped > 0, "two megabits do not fit into 0.6")
      let html = try String(contentsOfFile: page, encoding: .utf8)
      #expect(html.hasPrefix("<!doctype html>") && html.contains("2 players on 127.0.0.1"))
      let metrics = try String(contentsOfFile: host.folder.file("load.prom"), encoding: .utf8)
      #expect(metrics.contains("\nmartlet_load_frames \(result.frames)\n"))
    }

    @Test("resumes with a host that was silent, and counts the silence")
    func silence() async throws {
      let host = try await SyntheticHost(seats: 2)
      let load = try host.load(["--players", "2", "--duration", "14"])
      try await Task.sleep(for: .seconds(3))
      host.process.send(SIGSTOP)
      try await Task.sleep(for: .seconds(6.5))
      host.process.send(SIGCONT)
      let result = try await host.result(of: load)
      #expect(result.failures.isEmpty, "\(result.failures)")
      #expect(result.resumptions == 2)
      #expect(result.freezes >= 2 && result.freezeNanoseconds > 2 * 6_000_000_000)
    }

    @Test("counts what a host that dies leaves open")
    func death() async throws {
      let host = try await SyntheticHost(seats: 1)
      let load = try host.load(["--players", "1", "--duration", "6"])
      try await Task.sleep(for: .seconds(3))
      host.process.send(SIGKILL)
      let result = try await host.result(of: load)
      #expect(result.freezes == 1)
      #expect(result.freezeNanoseconds > 1_500_000_000)
      #expect(result.watchedNanoseconds > 5_000_000_000)
    }

    @Test("asks an indexer for each player's seat, and gives the seats back")
    func indexer() async throws {
      let folder = try TestFolder()
      let index = try ChildProgram.martlet(
        ["index", "--data", folder.file("index"), "--listen", "127.0.0.1:0"],
        in: folder,
        name: "index"
      )
      _ = await eventually(within: .seconds(15)) { index.output.contains("\n") || index.checkEnd() != nil }
      let url = String(index.output.prefix { $0 != "\n" })
      let host = try ChildProgram.martlet(
        [
          "host", "--synthetic", "--synthetic-size", "320x180", "--seats", "3", "--maximum-bitrate", "2", "--listen",
          "127.0.0.1:0", "--indexer", url, "--advertise", "127.0.0.1",
        ],
        in: folder,
        name: "host"
      )
      // It measures how fast its encoders are first.
      _ = await eventually(within: .seconds(30)) { host.output.contains("\n") || host.checkEnd() != nil }
      let load = try ChildProgram.martlet(
        [
          "load", "synthetic", "--indexer", url, "--size", "320x180", "--bitrate", "2", "--players", "3", "--duration",
          "5", "--json",
        ],
        in: folder,
        name: "load"
      )
      _ = await load.waitForEnd(within: .seconds(20))
      let result = try LoadResult(parsing: Data(load.output.utf8))
      #expect(result.playersWithPicture == 3, "\(result.failures) \(load.errors) \(host.errors)")
      #expect(await host.waitForError("seat free", count: 3))
    }
  }
}
