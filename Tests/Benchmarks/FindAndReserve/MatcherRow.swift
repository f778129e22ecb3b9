import IndexAPI
import Matching
import MediaUnits

/// The matcher in this process, on this thread, with its hosts' heartbeats.
enum MatcherRow {
  /// Sessions that go on at once; the oldest ends when one more begins, so the share of seats taken stays.
  static let sessionCount = 64

  static func run(_ data: Dataset, seconds: Double, checks: Int) -> [(String, String)] {
    let start = monotonicNanoseconds()
    var matcher = Matcher()
    for host in data.hosts { matcher.upsert(host.facts) }
    matcher.compact()
    let built = monotonicNanoseconds()

    let wrong = Self.wrongShortlists(data, matcher, count: checks)
    var random = SplitMix64(seed: 1)
    let queries = (0..<8_192).map { _ in data.query(&random).request }
    var figures = Figures(capacity: 4_000_000)
    var sessions: [HostID] = []
    var (oldest, beats, nobody, index) = (0, 0, 0, 0)
    let beatsPerNanosecond = Double(data.hosts.count) / 5 / 1e9
    let begun = monotonicNanoseconds()
    let end = begun + Int64(seconds * 1e9)
    var now = begun
    while now < end {
      let decision = matcher.choose(for: queries[index & 8_191], seed: random.next())
      if let decision, matcher.take(decision.host) {
        if sessions.count < Self.sessionCount {
          sessions.append(decision.host)
        } else {
          matcher.giveBack(sessions[oldest])
          sessions[oldest] = decision.host
          oldest = (oldest + 1) % Self.sessionCount
        }
      } else {
        nobody += 1
      }
      index += 1
      let done = monotonicNanoseconds()
      figures.add(done - now)
      while Double(beats) < Double(done - begun) * beatsPerNanosecond {
        Self.beat(data.hosts[(beats &* 7_919) % data.hosts.count], &matcher, number: beats)
        beats += 1
      }
      now = monotonicNanoseconds()
    }
    let elapsed = Double(now - begun) / 1e9
    let percentiles = figures.percentiles([0.5, 0.99, 0.999])
    return [
      ("engine", "\"matcher\""), ("rate", text(Double(index) / elapsed)), ("p50", text(percentiles[0])),
      ("p99", text(percentiles[1])), ("p999", text(percentiles[2])), ("matches", "\(index)"), ("nobody", "\(nobody)"),
      ("heartbeats", text(Double(beats) / elapsed)), ("load_seconds", text(Double(built - start) / 1e9)),
      ("bytes_per_host", text(Double(matcher.byteCount) / Double(data.hosts.count))), ("wrong", "\(wrong)"),
      ("checked", "\(checks)"),
    ]
  }

  /// What a heartbeat changes: load always; one in fifty takes the host from the network or brings it back.
  private static func beat(_ host: Dataset.Host, _ matcher: inout Matcher, number: Int) {
    matcher.setLoad(host.facts.id, Double(number % 100) / 100)
    if number % 50 == 0 {
      matcher.setMatchable(host.facts.id, false)
      matcher.setMatchable(host.facts.id, true)
    }
  }

  /// How many of `count` shortlists are not the nearest hosts that suit, at most three of a network.
  private static func wrongShortlists(_ data: Dataset, _ matcher: Matcher, count: Int) -> Int {
    var random = SplitMix64(seed: 2)
    var wrong = 0
    for _ in 0..<count {
      let query = data.query(&random)
      var suitable: [(Double, UInt32)] = []
      for host in data.hosts where host.facts.usedSeats < host.facts.seats {
        guard query.isServed(by: host.facts, games: host.games), let place = host.facts.place else { continue }
        suitable.append((kilometres(query.place, place), host.facts.network))
      }
      suitable.sort { $0.0 < $1.0 }
      var expected: [Double] = []
      var networks: [UInt32: Int] = [:]
      for (distance, network) in suitable where expected.count < Matcher.shortlistCount {
        guard networks[network, default: 0] < 3 else { continue }
        networks[network, default: 0] += 1
        expected.append(distance * 10 + 2_000)
      }
      let found = matcher.shortlist(for: query.request).map { Double($0.estimatedMicroseconds ?? -1) }
      // Single precision: a few metres.
      let isRight = found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1.5 }
      if !isRight { wrong += 1 }
    }
    return wrong
  }
}
