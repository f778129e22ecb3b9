internal import MediaUnits

/// Decides how much sound waits to be played, and how fast it is played so that so much does.
///
/// The sender's sound clock and the player's are never alike. What is in excess of the one accumulates in the buffer, or
/// lacks there; a controller with a proportional and an integral part keeps the buffer where it should be by playing
/// very slightly faster or slower. The integral part ends up as the difference of the clocks.
struct PlayoutControl: Sendable {
  /// A third of a percent is a twentieth of a semitone: nobody hears it, not even when it changes.
  static let greatestDeviation = 0.003
  /// Clocks differ by a few tens of millionths; more than this is not a clock's.
  private static let greatestDrift = 0.000_6
  /// With both gains the buffer settles within half a minute, without overshooting.
  private static let proportionalGain = 0.2
  private static let integralGain = 0.01
  /// Seconds over which the buffer's content, which packets make go up and down, is averaged.
  private static let averagingTime = 0.5
  /// On top of what must wait; the controller does not keep to its target exactly.
  private static let margin: Duration = .milliseconds(1)
  /// Seconds by which the buffer is off when it is not the clocks that put it there.
  private static let greatestDriftError = 0.02
  /// Sound that waits so much longer than it should is taken out, in seconds.
  private static let greatestExcess = 0.025
  static let shortestTarget: Duration = .milliseconds(12)
  static let longestTarget: Duration = .milliseconds(200)

  private var spread = ArrivalSpread()
  private let sampleRate: Double
  private var observed: (waiting: Double, at: Instant)?
  /// How much sound should wait, on average over time, in seconds.
  private(set) var target: Double
  /// How much sound does wait, on average over time, in seconds; `nil` before the first is played.
  private(set) var level: Double?
  /// By how much the sender's sound clock is faster than the player's; 0.000001 is one part per million.
  private(set) var drift = 0.0

  init(sampleRate: Int) {
    self.sampleRate = Double(sampleRate)
    self.target = Self.shortestTarget.inSeconds
  }

  /// Notes a packet.
  ///
  /// - Parameters:
  ///   - mediaTime: nanoseconds of the sender's clock.
  ///   - duration: of its sound.
  ///   - period: of what is played at once.
  mutating func arrived(mediaTime: Int64, arrivedAt: Instant, duration: Duration, period: Duration) {
    self.spread.record(mediaTime: mediaTime, arrivedAt: arrivedAt)
    // On average half a packet and half a period have been played already, and one period must be there at once.
    let wanted = self.spread.beyondAverage + duration / 2 + period * 3 / 2 + Self.margin
    self.target = min(max(wanted, Self.shortestTarget), Self.longestTarget).inSeconds
  }

  /// So many samples wait from `now` on.
  mutating func waits(_ count: Int, now: Instant) {
    let waiting = Double(count) / self.sampleRate
    if let before = self.observed {
      // What matters is the average over time: how packets and periods lie to each other changes as clocks drift.
      let gain = min(1, max(0, (now - before.at).inSeconds) / Self.averagingTime)
      self.level = self.level.map { $0 + (before.waiting - $0) * gain } ?? before.waiting
    }
    self.observed = (waiting, now)
  }

  /// How many samples to take for each of the next `count` that are played.
  mutating func ratio(count: Int) -> Double {
    guard let level = self.level else { return 1 }
    let error = level - self.target
    if abs(error) < Self.greatestDriftError {
      let drift = self.drift + Self.integralGain * error * Double(count) / self.sampleRate
      self.drift = min(max(drift, -Self.greatestDrift), Self.greatestDrift)
    }
    let deviation = self.drift + Self.proportionalGain * error
    return 1 + min(max(deviation, -Self.greatestDeviation), Self.greatestDeviation)
  }

  /// Samples that should be taken out at once; 0 when playing faster is enough.
  var excess: Int {
    guard let level = self.level, level - self.target > Self.greatestExcess else { return 0 }
    return Int((level - self.target) * self.sampleRate)
  }

  /// So many samples were taken out, which the average need not find out by itself.
  mutating func removed(_ count: Int) {
    self.level? -= Double(count) / self.sampleRate
  }

  /// Playing begins again.
  mutating func restart() {
    self.level = nil
    self.observed = nil
  }
}
