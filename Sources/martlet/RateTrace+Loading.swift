import Foundation
import NetworkSimulator

extension RateTrace {
  /// Reads a recorded path from a file, to be played over and over.
  static func loading(_ path: String) throws(CommandFailure) -> RateTrace {
    let bytes: [UInt8]
    do {
      bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw CommandFailure(.noInput, "cannot read the trace \(path)")
    }
    do {
      return try RateTrace(parsing: bytes, loops: true)
    } catch {
      throw CommandFailure(.badData, "the trace \(path) makes no sense: \(error) (unpack a .gz file first)")
    }
  }
}
