internal import MediaUnits
internal import RTP

/// Unwraps the RTP timestamps of one stream into nanoseconds of the sender's media clock.
///
/// Both streams' timestamps are the sender's clock in ticks, each wrapping at its own rate. The first sender report
/// says where in the sender's wall clock a tick lies; until then the stream's own first timestamp anchors it.
///
/// - Spec: RFC 3550 §5.1, §6.4.1.
struct MediaTimeline: Sendable {
  private let rate: ClockRate
  private var last: UInt32?
  private var ticks: Int64 = 0
  /// Nanoseconds to add, so that streams of different rates share one scale.
  private var anchor: Int64?

  init(rate: ClockRate) {
    self.rate = rate
  }

  /// - Parameter wall: the sender's wall clock at `timestamp`, on our scale.
  mutating func anchor(_ timestamp: RTPTimestamp, at wall: Instant) {
    guard self.anchor == nil else { return }
    let ticks = self.unwrap(timestamp)
    self.anchor = wall.nanoseconds &- self.nanoseconds(ticks)
  }

  /// Nanoseconds on the common scale, or `nil` before the stream is anchored.
  mutating func mediaTime(_ timestamp: RTPTimestamp) -> Int64? {
    let ticks = self.unwrap(timestamp)
    return self.anchor.map { self.nanoseconds(ticks) &+ $0 }
  }

  private mutating func unwrap(_ timestamp: RTPTimestamp) -> Int64 {
    guard let last = self.last else {
      self.last = timestamp.rawValue
      self.ticks = Int64(timestamp.rawValue)
      return self.ticks
    }
    let step = Int64(Int32(bitPattern: timestamp.rawValue &- last))
    if step > 0 {
      self.last = timestamp.rawValue
      self.ticks += step
      return self.ticks
    }
    return self.ticks + step
  }

  private func nanoseconds(_ ticks: Int64) -> Int64 {
    let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: Int64(self.rate.ticksPerSecond))
    return seconds &* 1_000_000_000 &+ rest * 1_000_000_000 / Int64(self.rate.ticksPerSecond)
  }
}
