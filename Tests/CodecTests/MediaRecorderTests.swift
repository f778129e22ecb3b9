import FFmpegCodec
import Foundation
import MediaUnits
import OpusCodec
import Testing

@Suite("Media recorder", .timeLimit(.minutes(1)))
struct MediaRecorderTests {
  private static let start: Int64 = 5_000_000_000_000

  /// Silence as 5 ms Opus packets.
  private static func silence() throws(OpusError) -> [UInt8] {
    var encoder = try OpusEncoder()
    var packet = [UInt8](repeating: 0, count: OpusFormat.maximumPacketByteCount)
    let pcm = [Int16](repeating: 0, count: 480)
    var written: Result<Int, OpusError> = .success(0)
    pcm.withUnsafeBufferPointer { samples in
      packet.withUnsafeMutableBytes { bytes in
        written = Result { () throws(OpusError) in try encoder.encode(pcm: samples, into: bytes) }
      }
    }
    return Array(packet[..<(try written.get())])
  }

  /// Records `seconds` of 60 frames and 200 sound packets each, the first ten frames before any key frame.
  private static func record(_ recorder: inout MediaRecorder, seconds: Int) throws {
    let units = try SmallStream.encode(count: 70, keyframes: [0, 10])
    let sound = try Self.silence()
    for tick in 0..<200 * seconds {
      let time = Self.start + Int64(tick) * 5_000_000
      if tick % 10 < 3 {
        let frame = tick / 10 * 3 + tick % 10
        let unit = frame < 10 ? units[frame + 1] : units[10 + (frame - 10) % 60]
        let captured = Self.start + Int64(frame) * 1_000_000_000 / 60
        let isWritten = try unit.withBytes { bytes throws(FFmpegError) in
          try recorder.writeVideo(bytes, isKeyframe: frame >= 10 && unit.isKeyframe, at: captured)
        }
        #expect(isWritten == (frame >= 10))
      }
      try sound.span.bytes.withUnsafeBytes { bytes throws(FFmpegError) in
        _ = try recorder.writeAudio(bytes, at: time)
      }
    }
  }

  @Test("writes both streams so that they read back whole and in time", arguments: ["mp4", "mkv"])
  func bothStreams(container: String) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("session.\(container)")
    var recorder = try MediaRecorder(path: path, size: SmallStream.size, frameRate: 60, hasAudio: true)
    try Self.record(&recorder, seconds: 3)
    try recorder.finish()

    let file = try #require(MediaFile(path: path))
    #expect(file.tracks.map(\.codec) == ["h264", "opus"])
    let (video, audio) = (file.tracks[0], file.tracks[1])
    #expect(video.packetCount == 170)
    #expect(video.pictureCount == 170)
    #expect(abs(video.lastTimestamp - video.firstTimestamp - 169.0 / 60) < 0.01)
    #expect(video.timestampsRise && audio.timestampsRise)
    #expect(audio.packetCount > 550)
    #expect(audio.pictureCount > 550)
    #expect(abs(audio.lastTimestamp - video.lastTimestamp) < 0.05)
  }

  @Test("leaves a file that opens when the process is killed", arguments: ["mp4", "mkv"])
  func killed(container: String) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("session.\(container)")
    let copy = directory.path("killed.\(container)")
    var recorder = try MediaRecorder(path: path, size: SmallStream.size, frameRate: 60, hasAudio: true)
    try Self.record(&recorder, seconds: 5)
    // What is on the disk now is what a kill would leave, cut somewhere in the last write.
    let bytes = try Data(contentsOf: URL(filePath: path))
    try bytes.dropLast(100).write(to: URL(filePath: copy))
    try recorder.finish()

    let file = try #require(MediaFile(path: copy))
    #expect(file.tracks.map(\.codec) == ["h264", "opus"])
    #expect(file.tracks[0].pictureCount > 160)
    #expect(file.tracks[1].packetCount > 500)
  }

  @Test("never lets time stand still or run back, whatever the sender's clock does", arguments: ["mp4", "mkv"])
  func clock(container: String) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("session.\(container)")
    var recorder = try MediaRecorder(path: path, size: SmallStream.size, frameRate: 60, hasAudio: false)
    let units = try SmallStream.encode(count: 6)
    for (unit, time) in zip(units, [0, 16, 16, 10, 50, 66] as [Int64]) {
      _ = try unit.withBytes { bytes throws(FFmpegError) in
        try recorder.writeVideo(bytes, isKeyframe: unit.isKeyframe, at: Self.start + time * 1_000_000)
      }
    }
    try recorder.finish()
    let file = try #require(MediaFile(path: path))
    #expect(file.tracks.map(\.codec) == ["h264"])
    #expect(file.tracks[0].packetCount == 6)
    #expect(file.tracks[0].timestampsRise)
  }

  @Test("refuses a path that cannot be written, or that names no container it knows")
  func refusals() throws {
    let directory = try TemporaryDirectory()
    for name in ["missing/session.mp4", "session.avi", "session"] {
      do throws(FFmpegError) {
        _ = try MediaRecorder(path: directory.path(name), size: SmallStream.size, frameRate: 60, hasAudio: false)
        Issue.record("\(name) was accepted")
      } catch {
        #expect(error.description.contains(name))
        #expect(!error.description.contains("\n"))
      }
    }
  }

  @Test("says so when the disk is full", arguments: ["mp4", "mkv"])
  func diskFull(container: String) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("full.\(container)")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
    let error = #expect(throws: FFmpegError.self) {
      var recorder = try MediaRecorder(path: path, size: SmallStream.size, frameRate: 60, hasAudio: true)
      try Self.record(&recorder, seconds: 3)
      try recorder.finish()
    }
    #expect(error?.text == "No space left on device")
  }
}

@Suite("PNG")
struct PNGImageTests {
  @Test("keeps every colour of every pixel")
  func lossless() throws {
    let picture = BGRXPicture(37, 21)
    MovingScene(seed: 8).draw(frame: 3, into: picture.view)
    let expected = (0..<21).flatMap { y in (0..<37).flatMap { x in picture[x, y].reversed() } }
    #expect(decodedPNG(try PNGImage.encode(picture.view)) == expected)

    let directory = try TemporaryDirectory()
    let path = directory.path("snapshot.png")
    try PNGImage.write(picture.view, to: path)
    #expect(decodedPNG([UInt8](try Data(contentsOf: URL(filePath: path)))) == expected)
  }

  @Test("says which file it could not write, and why", arguments: ["/dev/full", "/nowhere/at/all.png"])
  func unwritable(path: String) {
    let picture = BGRXPicture(8, 8)
    let error = #expect(throws: FFmpegError.self) { try PNGImage.write(picture.view, to: path) }
    #expect(error?.description.contains(path) == true)
    #expect(error?.text == (path == "/dev/full" ? "No space left on device" : "No such file or directory"))
  }
}
