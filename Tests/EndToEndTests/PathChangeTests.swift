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
      let session = try await LinkedSession.play(["--delay", "10ms"], schedule: Self.schedule, seconds: 19)

      // One handshake, and the player was told why.
      let (hostLog, playerLog) = (session.hostLog, session.playerLog)
      #expect(hostLog.ranges(of: "accepted").count == 1 && !hostLog.contains("resumed"), "\(hostLog)")
      #expect(playerLog.contains("fps, H.264; the network carries no more\n"), "\(playerLog)")

      let changes = try (LinkedSession.decode(session.trace) as Trace).changes
      #expect(changes.allSatisfy { $0.reason == "path" && !$0.isFailed }, "\(changes)")
      let down = try #require(changes.first { $0.width < 640 }, "\(playerLog) \(session.trace)")
      #expect(3.2..<8 ~= down.atSeconds, "\(changes)")
      #expect(down.carriedMegabits.map { $0 < 1.1 } ?? false, "640 × 400 at 60 needs 1.06 Mbit/s: \(changes)")
      let least = changes.map(\.width).min() ?? 0
      let up = changes.last { $0.atSeconds > 11 }
      #expect(up.map { $0.width > least } ?? false, "\(changes)")

      // It went on being a game: pictures came all the time.
      let frames = session.frames
      let start = try #require(frames.first).decodedNs
      for second in 5..<18 {
        let count = frames.count { ($0.decodedNs - start) / 1_000_000_000 == second }
        #expect(count >= 10, "\(count) pictures in second \(second)")
      }
    }
  }
}
