import Foundation
import Testing

/// A recording as standard tools see it.
struct Recording {
  let path: String
  let folder: TestFolder

  struct Stream: Decodable, Hashable {
    var codecName: String
    var width: Int?
    var height: Int?
    var nbReadPackets: String
  }

  /// Its streams, with every packet counted.
  func streams() async throws -> [Stream] {
    struct Answer: Decodable { var streams: [Stream] }
    let text = try await ChildProgram.run(
      "ffprobe",
      ["-v", "error", "-count_packets", "-show_streams", "-of", "json", self.path],
      in: self.folder
    )
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Answer.self, from: Data(text.utf8)).streams
  }

  /// The loudest sample in decibels, full scale being 0.
  func loudestSample() async throws -> Double {
    let program = try #require(Requirements.program("ffmpeg"))
    let child = try ChildProgram(
      program,
      ["-hide_banner", "-nostats", "-i", self.path, "-vn", "-af", "volumedetect", "-f", "null", "-"],
      in: self.folder,
      name: "volumedetect"
    )
    try #require(await child.waitForEnd() == .exited(0), "\(child.errors)")
    let match = try #require(child.errors.firstMatch(of: /max_volume: (\S+) dB/))
    return try #require(Double(match.1))
  }

  /// Every picture, decoded and shrunk to 64×40 grey samples.
  func thumbnails() async throws -> [[UInt8]] {
    let file = self.folder.file("thumbnails.gray")
    _ = try await ChildProgram.run(
      "ffmpeg",
      [
        "-v", "error", "-y", "-i", self.path, "-an", "-fps_mode", "passthrough", "-vf",
        "scale=64:40:flags=area,format=gray",
        "-f", "rawvideo", file,
      ],
      in: self.folder
    )
    let bytes = try #require(FileManager.default.contents(atPath: file))
    return stride(from: 0, to: bytes.count - 2559, by: 2560).map { Array(bytes[$0..<$0 + 2560]) }
  }

  /// How far two thumbnails are apart: the mean difference of their samples, 0 ... 255.
  static func difference(_ left: [UInt8], _ right: [UInt8]) -> Double {
    Double(zip(left, right).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(left.count)
  }
}
