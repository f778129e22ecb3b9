public import MediaUnits
internal import RTP
public import SessionReport
public import Transport

/// Counts what players' frames say, without looking into them: how old they were, and where their time went.
public struct FrameMeter: Sendable {
  /// Whole frames.
  public private(set) var view = ViewMeter()
  public private(set) var capture = LatencyHistogram()
  public private(set) var convert = LatencyHistogram()
  public private(set) var encode = LatencyHistogram()
  public private(set) var send = LatencyHistogram()
  public private(set) var network = LatencyHistogram()
  public private(set) var assemble = LatencyHistogram()
  /// Pictures that the host left out on purpose.
  public private(set) var skippedCount: Int64 = 0
  public private(set) var series: LoadSeries

  /// - Parameters:
  ///   - start: the run's.
  ///   - duration: how long the run may take.
  public init(start: Instant, duration: Duration) {
    self.series = LoadSeries(start: start, duration: duration)
  }

  /// Counts a whole frame of one player, in the order in which frames can be shown.
  ///
  /// - Returns: when it can be: once it is whole, and so are those before it.
  @discardableResult
  public mutating func record(_ frame: ReceivedFrame, of track: inout ViewMeter.Track) -> Instant {
    let host = frame.host
    let lastSeenAt = track.lastSeenAt
    let seenAt = max(frame.completedAt, lastSeenAt ?? .zero)
    let isFirst = self.series.isFirst(at: seenAt, after: lastSeenAt)
    let step = self.view.record(index: frame.index, capturedAt: host?.damagedAt, seenAt: seenAt, of: &track)
    self.series.record(step, byteCount: frame.byteCount, at: seenAt, isFirstOfPlayer: isFirst)
    if step.frozen > 0, let lastSeenAt { self.series.recordFreeze(from: lastSeenAt, to: seenAt) }
    self.skippedCount += Int64(frame.skipped?.count ?? 0)
    self.assemble.record(nanoseconds: (seenAt - frame.firstReceivedAt).wholeNanoseconds)
    guard let host else { return seenAt }
    self.capture.record(nanoseconds: (host.capturedAt - host.damagedAt).wholeNanoseconds)
    self.convert.record(nanoseconds: (host.convertedAt - host.capturedAt).wholeNanoseconds)
    self.encode.record(nanoseconds: (host.encodedAt - host.convertedAt).wholeNanoseconds)
    self.send.record(nanoseconds: (host.sentAt - host.encodedAt).wholeNanoseconds)
    self.network.record(nanoseconds: (frame.firstReceivedAt - host.sentAt).wholeNanoseconds)
    return seenAt
  }

  /// A player's view ends: a wait that is still going on counts as far as it has come.
  public mutating func finish(_ track: inout ViewMeter.Track, at end: Instant) {
    let frozenSince = track.lastSeenAt
    if self.view.finish(&track, at: end) > 0, let frozenSince { self.series.recordFreeze(from: frozenSince, to: end) }
  }

  /// Notes what all players' sessions say of packets in the time up to `now`.
  mutating func notePackets(lost: Int, at now: Instant) { self.series.notePackets(lost: lost, at: now) }
}
