import Testing

extension EndToEnd {
  /// Short and with tolerant limits; `Tests/Benchmarks/bad-network` holds the goals.
  @Suite("A bad network", .serialized, .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment))
  struct BadNetwork {
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

    /// Plays with a round trip of 30 ms.
    private static func play(_ conditions: [String], seconds: Int) async throws -> LinkedSession {
      try await LinkedSession.play(["--delay", "15ms"] + conditions, seconds: seconds, size: "320x200")
    }

    /// The longest time between two pictures in a row, in nanoseconds.
    private static func longestStop(_ session: LinkedSession) -> Int64 {
      zip(session.frames, session.frames.dropFirst()).map { $1.decodedNs - $0.decodedNs }.max() ?? .max
    }

    @Test("of 2 % random loss costs few pictures")
    func loss() async throws {
      let session = try await Self.play(["--loss", "2%"], seconds: 6)
      let counted: Counted = try LinkedSession.decode(session.counted)
      #expect(counted.clients == 1)
      #expect(counted.down.lost > 0 && counted.up.lost > 0)
      let first = try #require(session.frames.first)
      let last = try #require(session.frames.last)
      let sent = last.frame - first.frame + 1
      #expect(sent > 60)
      #expect(Double(session.frames.count) >= 0.9 * Double(sent), "\(session.frames.count) of \(sent)")
      let longestStop = Self.longestStop(session)
      #expect(longestStop < 1_000_000_000, "the picture stood for \(longestStop / 1_000_000) ms")
      let trace: Trace = try LinkedSession.decode(session.trace)
      #expect(trace.framesSent >= sent && trace.keyframesSent >= 1, "\(trace)")
      #expect(trace.repairs["resend"].map { $0.packets > 0 } ?? false, "\(trace)")
      #expect(trace.recordsDropped == 0 && trace.linesMalformed == 0)
    }

    @Test("that passes nothing for a second stops the picture so long, and not much longer")
    func outage() async throws {
      let session = try await Self.play(["--outage", "3s+1s"], seconds: 7)
      let counted: Counted = try LinkedSession.decode(session.counted)
      #expect(counted.down.queueDropped > 0)
      let longestStop = Self.longestStop(session)
      #expect(700_000_000..<2_500_000_000 ~= longestStop, "\(longestStop / 1_000_000) ms")
      let freezes = try (LinkedSession.decode(session.summary) as Summary).freezes
      let longest = try #require(freezes.max { $0.durationNs < $1.durationNs })
      #expect(longest.cause == "path outage", "\(freezes)")
      let last = try #require(session.frames.last)
      let back = session.frames.filter { last.decodedNs - $0.decodedNs < 1_000_000_000 }
      #expect(back.count > 15, "\(back.count) pictures in the last second")
    }
  }
}
