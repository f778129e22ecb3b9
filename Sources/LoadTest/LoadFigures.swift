import MediaUnits
import SessionReport
import Transport

/// What all players of a run add to. Used by the load's thread alone.
final class LoadFigures {
  var meter: FrameMeter
  /// How long datagrams lay in this machine's sockets before the load's thread took them.
  var receiveQueue = LatencyHistogram()
  /// From an input's sending to the first whole frame that was captured after it had been applied.
  var inputToFrame = LatencyHistogram()
  /// Every player's, once a second.
  var roundTrip = LatencyHistogram()
  var clockUncertainty = LatencyHistogram()
  /// From capture to complete, since the last progress.
  var recent = LatencyHistogram()
  var resumptionCount: Int64 = 0

  init(start: Instant, duration: Duration) {
    self.meter = FrameMeter(start: start, duration: duration)
  }

  /// - Returns: when the frame can be shown.
  func record(_ frame: ReceivedFrame, of track: inout ViewMeter.Track) -> Instant {
    let seenAt = self.meter.record(frame, of: &track)
    if let host = frame.host { self.recent.record(nanoseconds: (seenAt - host.damagedAt).wholeNanoseconds) }
    return seenAt
  }
}
