import Foundation
import Testing

extension EndToEnd {
  /// Short and with tolerant limits; `Tests/Benchmarks/bad-network` holds the goals.
  @Suite("A bad network", .serialized, .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment))
  struct BadNetwork {
    private struct Session {
      var frames: [FrameRecord]
      /// The longest time between two pictures in a row, in nanoseconds.
      var longestStop: Int64
      /// What the link printed at its end.
      var counted: Counted
      /// Of the player's summary.
      var freezes: [Freeze]
      /// What `martlet trace show --json` says of the host's trace.
      var trace: Trace
    }

    private struct Freeze: Decodable {
      var durationNs: Int64
      var cause: String
    }

    private struct Summary: Decodable {
      var freezes: [Freeze]
    }

    private struct Trace: Decodable {
      struct Repair: Decodable {
        var packets: Int
      }

      var framesSent: Int
      var keyframesSent: Int
      var recordsDropped: Int
      var linesMalformed: Int
      var repairs: [String: Repair]
    }

    private struct Counted: Decodable {
      struct Direction: Decodable {
        var sent: Int
        var delivered: Int
        var lost: Int
        var queueDropped: Int
      }

      var clients: Int
      var up: Direction
      var down: Direction
    }

    /// Plays for `seconds` through `martlet link`, with a round trip of 30 ms.
    private func play(_ conditions: [String], seconds: Int) async throws -> Session {
      let folder = try TestFolder()
      let traceFile = folder.file("trace.jsonl")
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder, arguments: ["--trace", traceFile])
      let link = try ChildProgram.martlet(
        ["link", "--to", "127.0.0.1:\(host.port)", "--delay", "15ms", "--json"] + conditions,
        in: folder,
        name: "link"
      )
      _ = await eventually(within: .seconds(10)) { link.output.contains("\n") || link.checkEnd() != nil }
      let address = link.output.prefix { $0 != "\n" }
      let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) }, "\(link.errors)")
      let statistics = folder.file("frames.jsonl")
      let script = try folder.write("0.2 key RIGHT press\n+40 key RIGHT release\n", to: "turning.txt")
      let player = try host.play(
        ["--stats", statistics, "--input", script, "--seconds", "\(seconds)"],
        port: port,
        size: "320x200"
      )
      #expect(await player.waitForEnd() == .exited(0), "\(player.errors)")
      link.send(15)
      #expect(await link.waitForEnd() == .exited(0), "\(link.errors)")
      await host.stop()
      let show = try ChildProgram.martlet(["trace", "show", traceFile, "--json"], in: folder, name: "show")
      #expect(await show.waitForEnd() == .exited(0), "\(show.errors)")
      let page = folder.file("trace.html")
      let plot = try ChildProgram.martlet(["trace", "plot", traceFile, "-o", page], in: folder, name: "plot")
      #expect(await plot.waitForEnd() == .exited(0), "\(plot.errors)")
      #expect(FileManager.default.contents(atPath: page).map { $0.count > 20_000 } ?? false)
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let last = try #require(link.output.split(separator: "\n").last)
      let frames = try FrameRecord.read(statistics).filter { $0.decodedNs > 0 }
      let stops = zip(frames, frames.dropFirst()).map { $1.decodedNs - $0.decodedNs }
      return Session(
        frames: frames,
        longestStop: stops.max() ?? .max,
        counted: try decoder.decode(Counted.self, from: Data(last.utf8)),
        freezes: try Self.summary(statistics).freezes,
        trace: try decoder.decode(Trace.self, from: Data(show.output.utf8))
      )
    }

    private static func summary(_ statistics: String) throws -> Summary {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let data = try #require(FileManager.default.contents(atPath: statistics))
      return try decoder.decode(Summary.self, from: try #require(data.split(separator: UInt8(ascii: "\n")).last))
    }

    @Test("of 2 % random loss costs few pictures")
    func loss() async throws {
      let session = try await self.play(["--loss", "2%"], seconds: 6)
      #expect(session.counted.clients == 1)
      #expect(session.counted.down.lost > 0 && session.counted.up.lost > 0)
      let first = try #require(session.frames.first)
      let last = try #require(session.frames.last)
      let sent = last.frame - first.frame + 1
      #expect(sent > 60)
      #expect(Double(session.frames.count) >= 0.9 * Double(sent), "\(session.frames.count) of \(sent)")
      #expect(session.longestStop < 1_000_000_000, "the picture stood for \(session.longestStop / 1_000_000) ms")
      #expect(session.trace.framesSent >= sent && session.trace.keyframesSent >= 1, "\(session.trace)")
      #expect(session.trace.repairs["resend"].map { $0.packets > 0 } ?? false, "\(session.trace)")
      #expect(session.trace.recordsDropped == 0 && session.trace.linesMalformed == 0)
    }

    @Test("that passes nothing for a second stops the picture so long, and not much longer")
    func outage() async throws {
      let session = try await self.play(["--outage", "3s+1s"], seconds: 7)
      #expect(session.counted.down.queueDropped > 0)
      #expect(700_000_000..<2_500_000_000 ~= session.longestStop, "\(session.longestStop / 1_000_000) ms")
      let longest = try #require(session.freezes.max { $0.durationNs < $1.durationNs })
      #expect(longest.cause == "path outage", "\(session.freezes)")
      let last = try #require(session.frames.last)
      let back = session.frames.filter { last.decodedNs - $0.decodedNs < 1_000_000_000 }
      #expect(back.count > 15, "\(back.count) pictures in the last second")
    }
  }
}
