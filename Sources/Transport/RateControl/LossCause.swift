internal import MediaUnits

/// Tells losses that a full queue made from those by chance: where they come by chance, packets beside them wait no longer
/// than others.
struct LossCause: Sendable {
  /// How long packets wait at most, as a negative number of nanoseconds.
  private var longestWait = MovingMinimum(span: .seconds(10))
  /// How long those wait beside which one is lost; seconds, smoothed.
  private var waitBesideLoss = 0.0

  /// A packet was through the bottleneck after it had waited.
  mutating func packetPassed(wait: Duration, now: Instant) {
    self.longestWait.add(-wait.wholeNanoseconds, at: now)
  }

  /// Packets are lost.
  ///
  /// - Parameter wait: of the packet that came beside them.
  /// - Returns: whether a full queue made it so.
  mutating func isQueue(waitBeside wait: Duration) -> Bool {
    self.waitBesideLoss += (wait.inSeconds - self.waitBesideLoss) / 8
    let longest = -Double(self.longestWait.value ?? 0) / 1e9
    return longest > 0.003 && self.waitBesideLoss > 0.7 * longest
  }
}
