import Foundation
import Testing

extension EndToEnd {
  @Suite(
    "Sound through a sound server",
    .serialized,
    .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment)
  )
  struct Sound {
    private struct Summary: Decodable {
      struct Played: Decodable {
        var waitingNs: Int64
        var shortages: Int
        var clockPpm: Double
        var peak: Int
      }

      var audioPacketsReceived: Int
      var playedSound: Played?
    }

    /// A sound server of the player's own, with one sink that nobody hears.
    private static func soundServer(in folder: TestFolder) async throws -> (server: ChildProgram, address: String) {
      let socket = folder.file("sound")
      let server = try ChildProgram(
        "/usr/bin/pulseaudio",
        [
          "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes",
          "-L", "module-null-sink sink_name=speakers rate=48000 channels=2",
          "-L", "module-native-protocol-unix auth-anonymous=1 socket=\(socket)",
        ],
        in: folder,
        name: "pulseaudio"
      )
      try #require(await eventually { FileManager.default.fileExists(atPath: socket) }, "\(server.errors)")
      return (server, "unix:\(socket)")
    }

    @Test("is played without a break, and the summary says how much waits; a server that goes ends the session")
    func played() async throws {
      let folder = try TestFolder()
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder)
      let (server, address) = try await Self.soundServer(in: folder)
      func play(_ arguments: [String]) throws -> ChildProgram {
        try .martlet(
          ["play", host.address(port: host.port), "--headless", "--size", "640x400", "--sound", "pulse"] + arguments,
          in: folder,
          name: "play",
          environment: ["PULSE_SERVER": address]
        )
      }
      let player = try play(["--input", RunningHost.script, "--json", "--seconds", "8"])
      #expect(await player.waitForEnd(within: .seconds(30)) == .exited(0), "\(player.errors)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let summary = try decoder.decode(Summary.self, from: Data(player.output.utf8))
      let played = try #require(summary.playedSound, "\(player.output.prefix(2000))")
      #expect(summary.audioPacketsReceived > 700)
      #expect(played.peak > 500, "the game is loud while it is played")
      #expect((5_000_000...200_000_000).contains(played.waitingNs), "\(played.waitingNs) ns")
      // Of 1600 periods; a machine that is busy with other things is late for some.
      #expect(played.shortages < 160, "\(played.shortages)")
      #expect(abs(played.clockPpm) <= 600)

      let last = try play(["--seconds", "20"])
      try #require(await eventually { host.log.ranges(of: "first picture").count == 2 }, "\(host.log)")
      server.send(15)
      #expect(await last.waitForEnd() == .exited(74), "\(last.errors)")
      #expect(last.errors.contains("sound"), "\(last.errors)")
      await host.stop()
    }
  }
}
