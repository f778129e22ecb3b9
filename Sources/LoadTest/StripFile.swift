import Foundation
import LatencyStrip
import MediaUnits
import Synchronization
import Transport

/// What the latency stage's strip says in each decoded picture, one line of JSON each: a figure from pixels to hold the
/// load test's own against.
final class StripFile: Sendable {
  private let handle: FileHandle
  private let pending = Mutex("")

  /// - Throws: where the file cannot be made.
  init(path: String) throws {
    try Data().write(to: URL(fileURLWithPath: path))
    self.handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  func append(_ picture: I420View, frame: ReceivedFrame, decodedAt: Instant) {
    guard let strip = LatencyStrip(luma: picture.y, stride: picture.yStride, size: picture.size) else { return }
    let line =
      "{\"frame\":\(strip.frameNumber),\"inputs\":\(strip.inputCount),\"decoded_ns\":\(decodedAt.nanoseconds),"
      + "\"damaged_ns\":\(frame.host.map { String($0.damagedAt.nanoseconds) } ?? "null")}\n"
    self.pending.withLock { $0 += line }
  }

  /// Writes what has been gathered.
  func flush() throws {
    let text = self.pending.withLock { text in
      defer { text = "" }
      return text
    }
    try self.handle.write(contentsOf: Data(text.utf8))
  }
}
