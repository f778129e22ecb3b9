public import IndexAPI
import MediaUnits

/// All that a choice depended on, and what it was: whoever has it can choose again and must come to the same.
public struct DecisionRecord: Codable, Hashable, Sendable {
  /// The most candidates that take part.
  public static let maximumCandidateCount = 16

  public var version: Int
  public var request: MatchRequest
  /// Nearest first.
  public var shortlist: [Candidate]
  public var policy: MatchPolicy
  public var seed: UInt64
  /// The longest round trip that was allowed; `nil` for any.
  public var capMicroseconds: Int?
  public var chosen: HostID?
  public var alternate: HostID?

  /// Chooses.
  public init(request: MatchRequest, shortlist: [Candidate], policy: MatchPolicy, seed: UInt64) {
    self.version = 1
    self.request = request
    self.shortlist = shortlist
    self.policy = policy
    self.seed = seed
    self.capMicroseconds = policy.cap(waitedMilliseconds: request.waitedMilliseconds)
    (self.chosen, self.alternate) = (nil, nil)
    if let choice = self.choice() {
      self.chosen = shortlist[choice.chosen].host
      self.alternate = choice.alternate.map { shortlist[$0].host }
    }
  }

  /// What comes of choosing once more from what the record says; `nil` for nobody, or a version that is not known.
  public func replayed() -> HostID? {
    guard self.version == 1 else { return nil }
    return self.choice().map { self.shortlist[$0.chosen].host }
  }

  /// Two drawn from the band, and the better of them; the alternate is the best of all others under the cap.
  ///
  /// - Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001. That choosing the best of all
  ///   instead makes indexers collide that have not yet heard of each other's writes, network.md's simulation shows.
  private func choice() -> (chosen: Int, alternate: Int?)? {
    let cap = self.policy.cap(waitedMilliseconds: self.request.waitedMilliseconds) ?? .max
    var nearest = Int.max
    for candidate in self.shortlist where candidate.roundTripMicroseconds ?? 0 <= cap {
      nearest = min(nearest, self.policy.distance(of: candidate))
    }
    guard nearest < .max else { return nil }
    let edge = nearest + max(self.policy.bandMicroseconds, Int(self.policy.bandFraction * Double(nearest)))

    var band: [Int] = []
    for (index, candidate) in self.shortlist.enumerated() where candidate.roundTripMicroseconds ?? 0 <= cap {
      if self.policy.distance(of: candidate) <= edge { band.append(index) }
    }
    var chosen = band[0]
    if band.count > 1 {
      var random = SplitMix64(seed: self.seed)
      let first = Int(random.next(upperBound: UInt64(band.count)))
      var second = Int(random.next(upperBound: UInt64(band.count - 1)))
      if second >= first { second += 1 }
      chosen = self.isBetter(band[second], than: band[first]) ? band[second] : band[first]
    }
    var alternate: Int?
    for (index, candidate) in self.shortlist.enumerated()
    where index != chosen && candidate.roundTripMicroseconds ?? 0 <= cap {
      if alternate.map({ self.isBetter(index, than: $0) }) ?? true { alternate = index }
    }
    return (chosen, alternate)
  }

  private func isBetter(_ index: Int, than other: Int) -> Bool {
    self.policy.score(of: self.shortlist[index]) < self.policy.score(of: self.shortlist[other])
  }
}

/// A seat to ask for, and why.
public struct Decision: Hashable, Sendable {
  public var host: HostID
  /// The next best.
  public var alternate: HostID?
  public var isWarm: Bool
  public var record: DecisionRecord
}
