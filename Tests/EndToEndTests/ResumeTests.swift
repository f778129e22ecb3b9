import Foundation
import Testing

extension EndToEnd {
  @Suite("A path that breaks", .serialized, .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment))
  struct Resume {
    /// Turns for as long as the key is held, so the picture never rests.
    private static let turning = "0.2 key RIGHT press\n+40 key RIGHT release\n"

    @Test("is survived: the same game goes on within a second of its return, with the keys let go")
    func silence() async throws {
      let folder = try TestFolder()
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder)
      let relay = try UDPRelay(to: host.port)
      defer { relay.end() }
      let statistics = folder.file("frames.jsonl")
      let recording = Recording(path: folder.file("session.mkv"), folder: folder)
      let script = try folder.write(Self.turning, to: "turning.txt")
      let player = try host.play(
        ["--stats", statistics, "--input", script, "--record", recording.path, "--json", "--seconds", "12"],
        port: relay.port,
        size: "320x200"
      )
      try #require(await host.process.waitForError("runs: display"), "\(host.log)")
      try await Task.sleep(for: .seconds(2))
      let game = try #require(folder.stageProcess(named: "chocolate-doom"))

      let cutAt = monotonicNanoseconds()
      relay.cut(true)
      #expect(await player.waitForError("gone silent"), "\(player.errors)")
      #expect(await host.process.waitForError("went silent"), "\(host.log)")
      #expect(monotonicNanoseconds() - cutAt > 4_500_000_000)
      try await Task.sleep(for: .milliseconds(700))
      relay.cut(false)
      let returnedAt = monotonicNanoseconds()
      #expect(await host.process.waitForError("resumed", within: .seconds(3)), "\(host.log)")
      #expect(folder.stageProcess(named: "chocolate-doom") == game)
      #expect(await player.waitForEnd() == .exited(0), "\(player.errors)")

      let frames = try FrameRecord.read(statistics)
      let after = frames.filter { $0.decodedNs > returnedAt }
      let first = try #require(after.first)
      #expect(first.decodedNs - returnedAt < 1_000_000_000)
      #expect(frames.allSatisfy { $0.decodedNs < cutAt + 200_000_000 || $0.decodedNs > returnedAt })
      // Held, the key kept the marine turning. The host let it go, and he stands still.
      let thumbnails = try await recording.thumbnails()
      try #require(thumbnails.count == frames.count)
      let lastBefore = try #require(frames.lastIndex { $0.decodedNs < cutAt })
      try #require(lastBefore >= 45)
      // A wall seen from close by looks the same through some of the turn.
      let turned =
        stride(from: lastBefore - 45, through: lastBefore - 15, by: 5)
        .map { Recording.difference(thumbnails[$0], thumbnails[$0 + 15]) }.max() ?? 0
      let rested = Recording.difference(thumbnails[thumbnails.count - 30], thumbnails[thumbnails.count - 1])
      #expect(after.count > 60)
      #expect(turned > 6 && turned > 2 * rested, "turned: \(turned), rested: \(rested)")
      let summary = try PlayerSummary(json: player.output)
      #expect(summary.framesDecoded == frames.count)
      await host.stop()
    }

    @Test("is survived without a new handshake when only the player's address changes")
    func newAddress() async throws {
      let folder = try TestFolder()
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder)
      let relay = try UDPRelay(to: host.port)
      defer { relay.end() }
      let statistics = folder.file("frames.jsonl")
      let script = try folder.write(Self.turning, to: "turning.txt")
      let player = try host.play(
        ["--stats", statistics, "--input", script, "--json", "--seconds", "6"],
        port: relay.port,
        size: "320x200"
      )
      try #require(await host.process.waitForError("runs: display"), "\(host.log)")
      try await Task.sleep(for: .seconds(2))
      try relay.changeAddress()
      let changedAt = monotonicNanoseconds()
      #expect(await player.waitForEnd() == .exited(0), "\(player.errors)")

      let frames = try FrameRecord.read(statistics)
      let after = frames.filter { $0.decodedNs > changedAt }
      #expect(after.count >= 70, "\(after.count) pictures after the change")
      let gaps = zip(after, after.dropFirst()).map { $1.decodedNs - $0.decodedNs }
      #expect((gaps.max() ?? 0) < 1_000_000_000)
      #expect(host.log.ranges(of: "accepted").count == 1)
      #expect(!host.log.contains("resumed") && !host.log.contains("went silent"), "\(host.log)")
      await host.stop()
    }
  }
}
