import Foundation
import GameStage
import MediaUnits
import PulseAudio
import Testing

@Suite(
  "A stage's sound",
  .serialized,
  .enabled(
    if: StageUnderTest.isPossible && FileManager.default.isExecutableFile(atPath: "/usr/bin/pacat"),
    "needs Xvfb, pulseaudio, pacat and the built martlet program"
  ),
  .timeLimit(.minutes(1))
)
struct SoundTests {
  @Test("is silence until the game plays something, and then that; its end is an error")
  func recording() throws {
    let configuration = try StageUnderTest.configuration()
    defer { try? FileManager.default.removeItem(atPath: configuration.root) }
    // Samples of 0x4040 in either byte order, once the test says so.
    let game = "until [ -e go ]; do sleep 0.01; done; tr '\\0' '@' </dev/zero | exec pacat --raw --latency-msec=20"
    let stage = try Stage(
      game: StageUnderTest.game(["sh", "-c", game]),
      size: StageUnderTest.size,
      frameRate: 60,
      configuration: configuration
    )
    var capture = try MonitorCapture(server: stage.soundServer, packetDuration: .milliseconds(5))
    #expect(capture.framesPerPacket == 240)
    let packet = UnsafeMutableBufferPointer<Int16>.allocate(capacity: 480)
    defer { packet.deallocate() }
    for _ in 0..<20 {
      try capture.read(into: packet)
      #expect(packet.allSatisfy { $0 == 0 })
    }
    let latency = try capture.latency()
    #expect(latency < .milliseconds(100))
    _ = FileManager.default.createFile(atPath: "\(stage.directory)/home/go", contents: nil)
    var hasHeard = false
    for _ in 0..<1000 where !hasHeard {
      try capture.read(into: packet)
      // The mixer may round.
      hasHeard = packet.allSatisfy { abs(Int($0) - 0x4040) < 16 }
    }
    #expect(hasHeard)
    stage.stop()
    #expect(throws: PulseError.self) {
      for _ in 0..<1000 { try capture.read(into: packet) }
    }
  }

  @Test("is refused with a reason when there is no server")
  func noServer() {
    #expect(throws: PulseError.self) { _ = try MonitorCapture(server: "unix:/nonexistent") }
  }
}
