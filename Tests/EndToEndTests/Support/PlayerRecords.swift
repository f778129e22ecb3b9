import Foundation
import Testing

/// What a player says about its session: `--json`, and the lines of `--stats`.
struct PlayerSummary: Decodable {
  struct Histogram: Decodable {
    var count: Int
    var missing: Int
  }

  var game: String
  var durationNs: Int64
  var framesCaptured: Int
  var framesDecoded: Int
  var framesLost: Int
  var audioPacketsReceived: Int
  var inputToDecoded: Histogram

  init(json: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(Self.self, from: Data(json.utf8))
  }
}

/// One line of `--stats` about a frame.
struct FrameRecord: Decodable {
  var frame: Int
  var decodedNs: Int64
  var inputSequence: Int
  var bytes: Int

  /// Every frame in a file of statistics, in order.
  static func read(_ path: String) throws -> [FrameRecord] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try #require(FileManager.default.contents(atPath: path))
    return try data.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: Data("{\"type\":\"frame\"".utf8)) }
      .map { try decoder.decode(Self.self, from: $0) }
  }
}
