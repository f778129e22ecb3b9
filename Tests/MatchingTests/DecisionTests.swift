import Foundation
import IndexAPI
import Matching
import MediaUnits
import Testing

@Suite("A decision")
struct DecisionTests {
  @Test("can be replayed to the same choice after it was JSON", arguments: 0..<4)
  func replay(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var model = ModelNetwork(random: &random)
    var matcher = Matcher()
    for _ in 0..<200 {
      let host = model.makeHost(.random(using: &random), random: &random)
      model.hosts[host.id] = host
      matcher.upsert(host)
    }
    var decided = 0
    for round in 0..<200 {
      let request = model.makeRequest(random: &random)
      let probes = matcher.shortlist(for: request).filter { _ in round % 2 == 0 }
        .map {
          SessionOrder.Probe(
            host: $0.host,
            roundTripMicroseconds: .random(in: 500...90_000, using: &random),
            jitterMicroseconds: .random(in: 0...9_000, using: &random)
          )
        }
      guard let decision = matcher.choose(for: request, probes: probes, seed: random.next()) else { continue }
      decided += 1
      let data = try JSONEncoder().encode(decision.record)
      #expect(data.count < 16 << 10)
      let record = try JSONDecoder().decode(DecisionRecord.self, from: data)
      #expect(record == decision.record)
      #expect(record.replayed() == decision.host)
      #expect(decision.alternate != decision.host)
      let host = try #require(model.hosts[decision.host])
      #expect(model.suits(host, request))
    }
    #expect(decided > 40)
  }

  private static func candidate(
    _ number: UInt64,
    _ microseconds: Int?,
    warm: Bool = true,
    load: Double = 0
  ) -> Candidate {
    Candidate(
      host: HostID(high: number, low: 0),
      estimatedMicroseconds: microseconds,
      price: 0,
      reputation: 1,
      load: load,
      freeSeats: 1,
      isWarm: warm
    )
  }

  private static func decide(_ candidates: [Candidate], waited: Int = 0, seed: UInt64 = 1) -> DecisionRecord {
    let request = MatchRequest(game: "a", waitedMilliseconds: waited)
    return DecisionRecord(request: request, shortlist: candidates, policy: MatchPolicy(), seed: seed)
  }

  @Test(
    "relaxes the latency cap with time",
    arguments: [
      (0, 20_000), (1_999, 20_000), (2_000, 40_000), (9_999, 40_000), (10_000, 80_000), (29_999, 80_000), (30_000, nil),
    ]
  )
  func caps(waited: Int, cap: Int?) {
    #expect(Self.decide([Self.candidate(1, (cap ?? 900_000))], waited: waited).chosen != nil)
    #expect(Self.decide([], waited: waited).capMicroseconds == cap)
    guard let cap else { return }
    #expect(Self.decide([Self.candidate(1, cap + 1)], waited: waited).chosen == nil)
    // Nobody waits for what is not known.
    #expect(Self.decide([Self.candidate(1, nil)], waited: waited).chosen != nil)
  }

  @Test("draws two of the band and takes the better, so the worst of the band is never taken")
  func powerOfTwo() {
    // Eight within 2 ms, each busier than the one before, and one beyond.
    let band = (0..<8).map { Self.candidate(UInt64($0), 10_000, load: Double($0) / 8) }
    let candidates = band + [Self.candidate(8, 12_600)]
    var counts = [Int](repeating: 0, count: 9)
    for seed in 0..<7_000 as Range<UInt64> {
      guard let chosen = Self.decide(candidates, seed: seed).chosen else { continue }
      counts[Int(chosen.high)] += 1
    }
    // The k-th best of n is the better of two with a chance of 2 (n - k) / n (n - 1).
    for rank in 0..<8 { #expect(abs(counts[rank] - (7 - rank) * 250) < 125, "\(counts)") }
    #expect(counts[8] == 0)
  }

  @Test("prefers a warm stage that is a little farther to a cold one, but not one that is far")
  func warmth() {
    let near = Self.candidate(1, 3_000, warm: false)
    #expect(Self.decide([near, Self.candidate(2, 9_000)]).chosen == HostID(high: 2, low: 0))
    #expect(Self.decide([near, Self.candidate(2, 9_000)]).alternate == HostID(high: 1, low: 0))
    #expect(Self.decide([near, Self.candidate(2, 60_000)], waited: 60_000).chosen == HostID(high: 1, low: 0))
  }

  @Test("trusts what the player measured more than the estimate")
  func probes() {
    var lies = Self.candidate(1, 2_000)
    lies.probedMicroseconds = 19_000
    #expect(Self.decide([lies, Self.candidate(2, 10_000)]).chosen == HostID(high: 2, low: 0))
    lies.probedMicroseconds = 21_000
    #expect(Self.decide([lies]).chosen == nil)
  }

  @Test("does not replay a version that it does not know")
  func version() {
    var record = Self.decide([Self.candidate(1, 1_000)])
    #expect(record.replayed() == HostID(high: 1, low: 0))
    record.version = 2
    #expect(record.replayed() == nil)
  }

  @Test("reads and writes landmark vectors, and refuses what is none")
  func vectors() throws {
    let (one, two) = (HostID(high: 1, low: 2), HostID(high: 3, low: 4))
    let vector = try #require(LandmarkVector("\(one):1500,\(two):20"))
    #expect(LandmarkVector(vector.text) == vector)
    let other = try #require(LandmarkVector("\(one):500"))
    #expect(vector.estimate(to: other) == .microseconds(2_000))
    #expect(vector.estimate(to: try #require(LandmarkVector("\(HostID(high: 9, low: 9)):5"))) == nil)
    let nine = (0..<9).map { "\(HostID(high: UInt64($0), low: 0)):1" }.joined(separator: ",")
    let texts = [
      "", ",", "\(one)", "\(one):-1", "\(one):+1", "\(one):1,", "\(one):1,\(one):2", "\(one):10000001", "x:1",
    ]
    for text in texts + [nine] {
      #expect(LandmarkVector(text) == nil, "\(text)")
    }
  }
}
