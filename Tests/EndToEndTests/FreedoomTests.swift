import Foundation
import Testing

extension EndToEnd {
  @Suite(
    "Freedoom",
    .serialized,
    .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment),
    .enabled(if: Requirements.has("ffmpeg", "ffprobe"), "needs ffmpeg and ffprobe")
  )
  struct Freedoom {
    @Test("is played: every frame arrives in order, is recorded, can be heard, and follows the input")
    func played() async throws {
      let folder = try TestFolder()
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder)

      let still = Recording(path: folder.file("still.mkv"), folder: folder)
      let spectator = try host.play(["--record", still.path, "--json", "--seconds", "3"], name: "still")
      #expect(await spectator.waitForEnd() == .exited(0), "\(spectator.errors)")

      let recording = Recording(path: folder.file("played.mkv"), folder: folder)
      let statistics = folder.file("played.jsonl")
      let player = try host.play([
        "--record", recording.path, "--stats", statistics, "--input", RunningHost.script, "--json", "--seconds", "12.5",
      ])
      #expect(await player.waitForEnd(within: .seconds(30)) == .exited(0), "\(player.errors)")
      let summary = try PlayerSummary(json: player.output)
      let frames = try FrameRecord.read(statistics)

      // No frame that the host captured is missing, so their indices have no gaps.
      #expect(summary.game == "Freedoom: Phase 1")
      #expect(summary.framesDecoded * 100 >= summary.framesCaptured * 95)
      #expect(summary.framesDecoded == frames.count)
      #expect(frames.last.map { $0.frame - frames[0].frame + 1 } == summary.framesCaptured)
      #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.frame < $1.frame })
      // Freedoom draws 35 pictures a second, and all the time while the player moves.
      let walking = frames.filter {
        (frames[0].decodedNs + 1_500_000_000...frames[0].decodedNs + 12_000_000_000).contains($0.decodedNs)
      }
      #expect(Double(walking.count) >= 0.95 * 35 * 10.5, "\(walking.count) pictures in 10.5 s")

      // The host said which input each picture shows, and in the end that was all of it.
      #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.inputSequence <= $1.inputSequence })
      #expect(frames.last?.inputSequence == summary.inputToDecoded.count)
      #expect(summary.inputToDecoded.count >= 30)

      let streams = try await recording.streams()
      #expect(streams.map(\.codecName).sorted() == ["h264", "opus"])
      let video = try #require(streams.first { $0.codecName == "h264" })
      #expect(video.width == 640 && video.height == 400)
      #expect(Int(video.nbReadPackets) == summary.framesDecoded)
      let thumbnails = try await recording.thumbnails()
      #expect(thumbnails.count == summary.framesDecoded)
      #expect(try await recording.loudestSample() > -40)

      // Without input the marine stands still; with it he ends up somewhere else.
      let walkedFrom = try #require(frames.lastIndex { $0.decodedNs < frames[0].decodedNs + 950_000_000 })
      let difference = Recording.difference(thumbnails[walkedFrom], thumbnails[thumbnails.count - 1])
      let stillThumbnails = try await still.thumbnails()
      let stillDifference = Recording.difference(
        stillThumbnails[stillThumbnails.count / 2],
        stillThumbnails[stillThumbnails.count - 1]
      )
      #expect(difference > 4 * max(stillDifference, 2), "moved: \(difference), still: \(stillDifference)")

      await host.stop()
    }
  }
}
