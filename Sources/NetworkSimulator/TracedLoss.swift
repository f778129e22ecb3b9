internal import MediaUnits

/// A trace's losses in bursts: within each step a chain of a good and a bad state, of which the bad one loses everything.
///
/// The first datagram of a step is lost with the step's chance, and so is each of the others in the long run.
struct TracedLoss: Hashable, Sendable {
  private var isBad = false
  private var stepEnd = Instant.zero

  /// - Parameters:
  ///   - loss: of the step, 0 ... 1.
  ///   - length: of a burst on average, in datagrams, at least 1; longer where less would not lose enough.
  ///   - stepEnd: which step it is.
  mutating func losesNext(
    _ loss: Double,
    length: Double,
    until stepEnd: Instant,
    using random: inout SplitMix64
  ) -> Bool {
    let isFirst = stepEnd != self.stepEnd
    self.stepEnd = stepEnd
    guard loss > 0, loss < 1 else {
      self.isBad = loss >= 1
      return self.isBad
    }
    // As often as it is left, and no more than with certainty, the bad state must be entered.
    let leave = min(1 / max(1, length), (1 - loss) / loss)
    let chance = isFirst ? loss : self.isBad ? 1 - leave : leave * loss / (1 - loss)
    self.isBad = Double.random(in: 0..<1, using: &random) < chance
    return self.isBad
  }
}
