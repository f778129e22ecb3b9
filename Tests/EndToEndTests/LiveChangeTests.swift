import Foundation
import Testing

extension EndToEnd {
  @Suite(
    "A stream that changes while it runs",
    .serialized,
    .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment)
  )
  struct LiveChange {
    /// Turns for as long as the key is held, so that a picture is drawn for every frame.
    private static let turning = "0.2 key RIGHT press\n+40 key RIGHT release\n"

    @Test("picture, rate and codec change without a new handshake, and never for longer than 200 ms without a picture")
    func allKinds() async throws {
      let folder = try TestFolder()
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder)
      let statistics = folder.file("frames.jsonl")
      let script = try folder.write(Self.turning, to: "turning.txt")
      let raw = folder.file("pictures.y4m")
      let player = try host.play([
        "--stats", statistics, "--input", script, "--record", folder.file("session.mkv"), "--raw", raw, "--json",
        "--seconds", "8", "--change-after", "2=320x200", "--change-after", "4=@20", "--change-after",
        "5.5=640x400@60,hevc",
      ])
      #expect(await player.waitForEnd(within: .seconds(40)) == .exited(0), "\(player.errors)")

      for stream in ["320x200 at 60 fps, H.264", "320x200 at 20 fps, H.264", "640x400 at 60 fps, HEVC"] {
        #expect(player.errors.contains("the stream is \(stream)\n"), "\(stream): \(player.errors)")
        #expect(host.log.contains("streamed as \(stream) now"), "\(stream): \(host.log)")
      }
      #expect(host.log.ranges(of: "accepted").count == 1)
      #expect(!host.log.contains("resumed") && !host.log.contains("cannot change"), "\(host.log)")

      let frames = try FrameRecord.read(statistics)
      let start = try #require(frames.first).decodedNs
      // Before the first second is over the game stands still.
      let moving = frames.filter { $0.decodedNs - start > 1_500_000_000 }
      let gaps = zip(moving, moving.dropFirst()).map {
        (after: $0.decodedNs - start, length: $1.decodedNs - $0.decodedNs)
      }
      // A change takes effect within a second.
      let changes =
        [2_000_000_000, 4_000_000_000, 5_500_000_000].map { $0 - 100_000_000..<$0 + 1_000_000_000 } as [Range<Int64>]
      let atChanges = gaps.filter { gap in changes.contains { $0.contains(gap.after) } }.map(\.length)
      let elsewhere = gaps.filter { gap in !changes.contains { $0.contains(gap.after) } }.map(\.length)
      // Where the machine makes longer gaps of its own, changes are held to those.
      let limit = min(max(200_000_000, 2 * (elsewhere.max() ?? 0)), 1_000_000_000)
      #expect((atChanges.max() ?? .max) < limit, "\((atChanges.max() ?? 0) / 1_000_000) ms at a change, \(limit)")
      let slow = frames.filter { 4_500_000_000..<5_500_000_000 ~= $0.decodedNs - start }.count
      #expect(14...22 ~= slow, "\(slow) pictures in a second of 20")
      let fast = frames.filter { 7_000_000_000..<8_000_000_000 ~= $0.decodedNs - start }.count
      // The game draws 35 a second.
      #expect(fast > 26, "\(fast) pictures in a second of all that there are")

      // One file for each picture size and codec; between two of them the game goes on where it was.
      let expected = [("session.mkv", "h264", 640), ("session-2.mkv", "h264", 320), ("session-3.mkv", "hevc", 640)]
      var packetCount = 0
      var last: [UInt8]?
      for (name, codec, width) in expected {
        let recording = Recording(path: folder.file(name), folder: folder)
        let video = try #require(try await recording.streams().first)
        #expect(video.codecName == codec && video.width == width, "\(name): \(video)")
        packetCount += Int(video.nbReadPackets) ?? 0
        let thumbnails = try await recording.thumbnails()
        if let last, let first = thumbnails.first {
          #expect(Recording.difference(last, first) < 25, "\(name) begins with another picture")
        }
        last = thumbnails.last
      }
      #expect(packetCount == frames.count)
      #expect(!FileManager.default.fileExists(atPath: folder.file("session-4.mkv")))

      // Raw pictures are of one size throughout, as many as were decoded.
      let pictures = try await Recording(path: raw, folder: folder).streams()
      #expect(pictures.first?.width == 640)
      #expect(pictures.first.flatMap { Int($0.nbReadPackets) } == frames.count)
      await host.stop()
    }

    @Test("a session that is resumed goes on with the terms that were in force")
    func resumed() async throws {
      let folder = try TestFolder()
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder)
      let relay = try UDPRelay(to: host.port)
      defer { relay.end() }
      let player = try host.play(
        ["--json", "--seconds", "11", "--change-after", "1=320x200@30,hevc"],
        port: relay.port
      )
      try #require(await player.waitForError("320x200 at 30 fps, HEVC"), "\(player.errors)")
      relay.cut(true)
      #expect(await player.waitForError("gone silent"), "\(player.errors)")
      relay.cut(false)
      #expect(await host.process.waitForError("resumed", within: .seconds(4)), "\(host.log)")
      #expect(await player.waitForEnd(within: .seconds(40)) == .exited(0), "\(player.errors)")
      #expect(host.log.contains(/picture=320x200@30 \[StreamHost\] resumed/), "\(host.log)")
      #expect(host.log.ranges(of: "streamed as").count == 1, "\(host.log)")
      await host.stop()
    }

    @Test("HEVC from the start, where it is asked for")
    func hevcFromTheStart() async throws {
      let folder = try TestFolder()
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder)
      let player = try host.play(["--codec", "hevc", "--json", "--seconds", "2"])
      #expect(await player.waitForEnd(within: .seconds(30)) == .exited(0), "\(player.errors)")
      #expect(player.errors.contains("640x400 at 60 fps, HEVC"), "\(player.errors)")
      await host.stop()
    }
  }
}
