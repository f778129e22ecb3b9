import Foundation
import LoadTest
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
  }
}
