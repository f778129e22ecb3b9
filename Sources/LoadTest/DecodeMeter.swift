import MediaUnits
import SessionReport
import Transport

/// What becomes of the frames that are decoded.
struct DecodeMeter: Sendable {
  /// Decoded pictures.
  private(set) var view = ViewMeter()
  /// From a whole frame to its picture, the wait for the decoder included.
  private(set) var decode = LatencyHistogram()
  private(set) var failedCount: Int64 = 0
  /// Why nothing can be decoded; `nil` while it can.
  var failure: String?
  private var track = ViewMeter.Track()

  mutating func record(_ frame: ReceivedFrame, decodedAt: Instant) {
    self.decode.record(nanoseconds: (decodedAt - frame.completedAt).wholeNanoseconds)
    self.view.record(index: frame.index, capturedAt: frame.host?.damagedAt, seenAt: decodedAt, of: &self.track)
  }

  /// A frame did not decode.
  ///
  /// - Returns: how many have not so far.
  mutating func failed() -> Int64 {
    self.failedCount += 1
    return self.failedCount
  }

  mutating func restart() { self.track.restart() }

  mutating func finish(at end: Instant) { self.view.finish(&self.track, at: end) }

  mutating func merge(_ other: DecodeMeter) {
    self.view.merge(other.view)
    self.decode.merge(other.decode)
    self.failedCount += other.failedCount
    self.failure = self.failure ?? other.failure
  }
}
