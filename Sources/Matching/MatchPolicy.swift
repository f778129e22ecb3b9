/// How the matcher weighs one thing against another.
///
/// A score is in milliseconds of round trip: every weight says how many of them something is worth.
public struct MatchPolicy: Codable, Hashable, Sendable {
  /// One step of the relaxing latency cap.
  public struct Cap: Codable, Hashable, Sendable {
    /// Until the player has waited this long.
    public var untilMilliseconds: Int
    public var roundTripMicroseconds: Int

    public init(untilMilliseconds: Int, roundTripMicroseconds: Int) {
      self.untilMilliseconds = untilMilliseconds
      self.roundTripMicroseconds = roundTripMicroseconds
    }
  }

  /// Rising, at most 16; after the last there is no cap, and the player is told.
  public var caps = [
    Cap(untilMilliseconds: 2_000, roundTripMicroseconds: 20_000),
    Cap(untilMilliseconds: 10_000, roundTripMicroseconds: 40_000),
    Cap(untilMilliseconds: 30_000, roundTripMicroseconds: 80_000),
  ]
  /// Hosts this much farther than the best count as near as it …
  public var bandMicroseconds = 2_000
  /// … or this fraction of the best, if that is more.
  public var bandFraction = 0.1
  /// What a round trip that nobody knows counts as. No cap applies to it.
  public var unknownMicroseconds = 50_000
  public var roundTripWeight = 1.0
  /// For a millisecond of jitter.
  public var jitterWeight = 0.5
  /// For a credit a minute.
  public var priceWeight = 20.0
  /// For no reputation instead of the best.
  public var reputationWeight = 10.0
  /// For a busy host instead of an idle one.
  public var loadWeight = 4.0
  /// How much farther a host with a stage ready may be, to be as good as one that has to start it.
  public var coldMicroseconds = 15_000

  public init() {}

  /// The longest round trip for a player who has waited; `nil` for any.
  public func cap(waitedMilliseconds: Int) -> Int? {
    self.caps.first { waitedMilliseconds < $0.untilMilliseconds }?.roundTripMicroseconds
  }

  /// What counts against `candidate` before it is compared with others in its band: round trip, jitter and a cold start.
  func distance(of candidate: Candidate) -> Int {
    (candidate.roundTripMicroseconds ?? self.unknownMicroseconds)
      + Int(self.jitterWeight * Double(candidate.jitterMicroseconds))
      + (candidate.isWarm ? 0 : self.coldMicroseconds)
  }

  /// Lower is better.
  ///
  /// - Parameter distance: what ``distance(of:)`` gives for the candidate.
  func score(of candidate: Candidate, distance: Int) -> Double {
    self.roundTripWeight * Double(distance) / 1_000
      + self.priceWeight * Double(candidate.price) / 1e6
      + self.reputationWeight * (1 - candidate.reputation)
      + self.loadWeight * candidate.load
  }
}
