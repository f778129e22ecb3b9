public import IndexAPI

/// From several that suit, one.
extension Matcher {
  /// How many hosts a choice is made from.
  public static let shortlistCount = 8

  /// The host to ask for a seat; nothing is taken yet.
  ///
  /// - Parameters:
  ///   - probes: what the player has measured; those hosts of it that still suit are chosen from, if there are any within
  ///     the latency cap, else the shortlist. At most 16 count.
  ///   - seed: all the chance there is.
  /// - Returns: `nil` if no host suits, or none within the cap that goes with how long the player has waited.
  public func choose(for request: MatchRequest, probes: [SessionOrder.Probe] = [], seed: UInt64) -> Decision? {
    let probed = probes.prefix(DecisionRecord.maximumCandidateCount)
      .compactMap { probe -> Candidate? in
        guard var candidate = self.candidate(probe.host, for: request) else { return nil }
        candidate.probedMicroseconds = max(0, min(probe.roundTripMicroseconds, LandmarkVector.maximumMicroseconds))
        candidate.jitterMicroseconds = max(0, min(probe.jitterMicroseconds, LandmarkVector.maximumMicroseconds))
        return candidate
      }
    if !probed.isEmpty, let decision = self.decide(request, probed, seed) { return decision }
    return self.decide(request, self.shortlist(for: request, limit: Self.shortlistCount), seed)
  }

  private func decide(_ request: MatchRequest, _ candidates: [Candidate], _ seed: UInt64) -> Decision? {
    let record = DecisionRecord(request: request, shortlist: candidates, policy: self.policy, seed: seed)
    guard let host = record.chosen else { return nil }
    let isWarm = candidates.first { $0.host == host }?.isWarm ?? false
    return Decision(host: host, alternate: record.alternate, isWarm: isWarm, record: record)
  }
}
