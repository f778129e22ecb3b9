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

  /// What comes of choosing once more from what the record says; `nil` for nobody, for a version that is not
  /// known, and for more candidates than take part.
  public func replayed() -> HostID? {
    guard self.version == 1 else { return nil }
    return self.choice().map { self.shortlist[$0.chosen].host }
  }

  /// Two drawn from the band, and the better of them; the alternate is the best of all others under the cap.
  ///
  /// - Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001. That choosing the best of all
  ///   instead makes indexers collide that have not yet heard of each other's writes, network.md's simulation shows.
  private func choice() -> (chosen: Int, alternate: Int?)? {
    let count = self.shortlist.count
    guard count <= Self.maximumCandidateCount else { return nil }
    let cap = self.policy.cap(waitedMilliseconds: self.request.waitedMilliseconds) ?? .max
    // One bit for each candidate under the cap.
    var allowed: UInt32 = 0
    var distances = InlineArray<16, Int>(repeating: .max)
    var nearest = Int.max
    for index in 0..<count where self.shortlist[index].roundTripMicroseconds ?? 0 <= cap {
      allowed |= 1 << UInt32(index)
      distances[index] = self.policy.distance(of: self.shortlist[index])
      nearest = min(nearest, distances[index])
    }
    guard nearest < .max else { return nil }
    let edge = nearest + max(self.policy.bandMicroseconds, Int(self.policy.bandFraction * Double(nearest)))

    var band: UInt32 = 0
    for index in 0..<count where allowed >> UInt32(index) & 1 != 0 && distances[index] <= edge {
      band |= 1 << UInt32(index)
    }
    let scores = self.scores(allowed, distances)
    var chosen = Self.member(0, of: band)
    if band.nonzeroBitCount > 1 {
      var random = SplitMix64(seed: self.seed)
      let first = Int(random.next(upperBound: UInt64(band.nonzeroBitCount)))
      var second = Int(random.next(upperBound: UInt64(band.nonzeroBitCount - 1)))
      if second >= first { second += 1 }
      let (one, other) = (Self.member(first, of: band), Self.member(second, of: band))
      chosen = scores[other] < scores[one] ? other : one
    }
    var alternate: Int?
    for index in 0..<count where index != chosen && allowed >> UInt32(index) & 1 != 0 {
      if alternate.map({ scores[index] < scores[$0] }) ?? true { alternate = index }
    }
    return (chosen, alternate)
  }

  private func scores(_ allowed: UInt32, _ distances: borrowing InlineArray<16, Int>) -> InlineArray<16, Double> {
    var scores = InlineArray<16, Double>(repeating: .infinity)
    for index in 0..<self.shortlist.count where allowed >> UInt32(index) & 1 != 0 {
      scores[index] = self.policy.score(of: self.shortlist[index], distance: distances[index])
    }
    return scores
  }

  /// The index of a bit that is set, counted from the lowest.
  private static func member(_ number: Int, of bits: UInt32) -> Int {
    var left = bits
    for _ in 0..<number { left &= left - 1 }
    return left.trailingZeroBitCount
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
