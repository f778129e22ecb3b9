import Foundation
import Glibc
import MediaUnits
import PulseAudio
import Testing

@Suite(
  "Sound playback",
  .enabled(if: ExternalProgram.areInstalled("pulseaudio", "parec"), "needs PulseAudio"),
  .timeLimit(.minutes(1)),
  .serialized
)
struct PlaybackTests {
  /// A sound server of its own with one sink that plays to nobody.
  private final class SoundServer {
    let address: String
    private let directory: URL
    private let server: ExternalProgram

    init() throws {
      self.directory = FileManager.default.temporaryDirectory.appending(path: "sound-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
      let socket = self.directory.appending(path: "native").path
      self.address = "unix:\(socket)"
      self.server = try ExternalProgram(
        "pulseaudio",
        [
          "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes",
          "-L", "module-null-sink sink_name=speakers rate=48000 channels=2",
          "-L", "module-native-protocol-unix auth-anonymous=1 socket=\(socket)",
        ],
        environment: ["HOME": self.directory.path, "XDG_RUNTIME_DIR": self.directory.path]
      )
      for _ in 0..<500 where !FileManager.default.fileExists(atPath: socket) { usleep(10_000) }
    }

    deinit {
      try? FileManager.default.removeItem(at: self.directory)
    }
  }

  @Test("what is written is heard, within a short delay")
  func plays() throws {
    let server = try SoundServer()
    let recorder = try ExternalProgram(
      "parec",
      [
        "--server=\(server.address)", "--device=speakers.monitor", "--format=s16le", "--rate=48000", "--channels=2",
        "--latency-msec=10",
      ],
      keepsOutput: true
    )
    let recording = try #require(recorder.output)
    let playback = try Playback(server: server.address, sink: "speakers")
    // 400 Hz, whole periods in 5 ms, a quarter of full scale.
    let block = (0..<480).map { Int16(8192 * sin(2 * Double.pi * 400 * Double($0 / 2) / 48_000)) }
    for _ in 0..<400 { try playback.write(block.span) }
    let latency = try playback.latency()
    // The null sink itself works in steps of its own; far from the seconds that a default buffer holds.
    #expect(latency > .zero && latency < .milliseconds(300))
    var heard = Data()
    for _ in 0..<1000 where heard.count < 192_000 { heard.append(recording.availableData) }
    let left = stride(from: 0, to: heard.count - 3, by: 4).map {
      Int16(truncatingIfNeeded: Int(heard[$0]) | Int(heard[$0 + 1]) << 8)
    }
    let loudest = left.map { abs(Int($0)) }.max() ?? 0
    #expect((8000...8300).contains(loudest))
    // 400 rising zero crossings a second while it sounds.
    let sounding = left.drop { abs(Int($0)) < 100 }
    let crossings = zip(sounding, sounding.dropFirst()).prefix(24_000).count { $0 < 0 && $1 >= 0 }
    #expect((195...205).contains(crossings))
    try playback.flush()
    try playback.drain()
  }

  @Test("a sound server that is not there is an error that says so")
  func noServer() {
    let error = #expect(throws: Playback.Failure.self) { try Playback(server: "unix:/nonexistent/socket") }
    #expect(error?.description == "connect to the sound server: Connection refused")
  }
}
