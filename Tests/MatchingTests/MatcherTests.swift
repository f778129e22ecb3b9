import IndexAPI
import MediaUnits
import Testing

@testable import Matching

@Suite("The matcher")
struct MatcherTests {
  @Test("finds exactly the nearest hosts that suit", arguments: [1, 20, 400, 2_000])
  func nearest(hostCount: Int) throws {
    var random = SplitMix64(seed: UInt64(hostCount))
    var model = ModelNetwork(random: &random)
    var matcher = Matcher(salt: random.next())
    matcher.setLandmarks(model.landmarks)
    for _ in 0..<hostCount {
      let host = model.makeHost(.random(using: &random), random: &random)
      model.hosts[host.id] = host
      matcher.upsert(host)
    }
    for round in 0..<210 {
      if round == 105 { matcher.compact() }
      let request = model.makeRequest(random: &random)
      Self.expectNearest(matcher, model, request, limit: [1, 8, 64][round % 3], "round \(round)")
    }
  }

  @Test("stays exact while hosts come, move, change and go", arguments: 0..<4)
  func changes(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed) + 100)
    var model = ModelNetwork(random: &random)
    var matcher = Matcher()
    matcher.setLandmarks(model.landmarks)
    var ids = (0..<300).map { _ in HostID.random(using: &random) }
    for round in 0..<1_500 {
      let id = ids[Int.random(in: 0..<ids.count, using: &random)]
      switch Int.random(in: 0..<12, using: &random) {
      case 0:
        model.hosts[id] = nil
        matcher.remove(id)
      case 1...4:
        let host = model.makeHost(id, random: &random)
        model.hosts[id] = host
        matcher.upsert(host)
      case 5, 6:
        let (offered, used) = (Int.random(in: 0...3, using: &random), Int.random(in: 0...3, using: &random))
        model.hosts[id]?.seats = offered
        model.hosts[id]?.usedSeats = used
        matcher.setSeats(id, offered: offered, used: used)
      case 7:
        let isMatchable = Bool.random(using: &random)
        model.hosts[id]?.isMatchable = isMatchable
        matcher.setMatchable(id, isMatchable)
      case 8:
        let vector = model.makeVector(random: &random)
        model.hosts[id]?.landmarks = vector
        matcher.setLandmarks(id, vector)
      case 9:
        let hasSeat = model.hosts[id].map { $0.isMatchable && $0.usedSeats < $0.seats } ?? false
        verify(matcher.take(id) == hasSeat, "round \(round)")
        if hasSeat { model.hosts[id]?.usedSeats += 1 }
      case 10:
        let used = model.hosts[id]?.usedSeats ?? 0
        model.hosts[id]?.usedSeats = max(0, used - 1)
        matcher.giveBack(id)
      default:
        // Many in one point, then few: leaves are split and joined again.
        if round % 7 == 0 { ids.append(.random(using: &random)) }
        model.hosts[id].map { matcher.upsert($0) }
      }
      if round % 500 == 499 { matcher.compact() }
      #expect(matcher.hostCount == model.hosts.count)
      let free = model.hosts.values.reduce(0) { $0 + ($1.isMatchable ? max(0, $1.seats - $1.usedSeats) : 0) }
      #expect(matcher.freeSeats == free, "round \(round)")
      if round % 3 == 0 {
        Self.expectNearest(matcher, model, model.makeRequest(random: &random), limit: 8, "round \(round)")
      }
    }
  }

  @Test("finds the nearest in a tree that is deeper than anybody's places make it")
  func deepTree() {
    var matcher = Matcher()
    let game = HostFacts.Game(name: "a", isWarm: false)
    // Each is half as far from the equator as the one before, so every split leaves one host on one side.
    for number in 1...110 {
      let latitude = 90 / Double(sign: .plus, exponent: number, significand: 1)
      let id = HostID(high: 0, low: UInt64(number))
      matcher.upsert(HostFacts(id: id, seats: 1, place: Place(latitude: latitude, longitude: 0), games: [game]))
    }
    let request = MatchRequest(game: "a", place: Place(latitude: 0, longitude: 0))
    let found = matcher.shortlist(for: request).map(\.host.low)
    #expect(found.count == 8)
    // Beyond the seventieth, single precision does not tell them apart from where the player is.
    #expect(found.allSatisfy { $0 > 70 }, "\(found)")
  }

  @Test("works with thousands of hosts in one point, and leaves nothing behind when they go")
  func onePoint() throws {
    var random = SplitMix64(seed: 3)
    var matcher = Matcher()
    let place = Place(latitude: 50.11, longitude: 8.68)
    let ids = (0..<2_000).map { _ in HostID.random(using: &random) }
    for id in ids { matcher.upsert(HostFacts(id: id, seats: 1, place: place, games: [.init(name: "a", isWarm: true)])) }
    for _ in 0..<2_000 {
      let host = try #require(matcher.shortlist(for: MatchRequest(game: "a", place: place), limit: 1).first).host
      verify(matcher.take(host))
    }
    #expect(matcher.shortlist(for: MatchRequest(game: "a", place: place)).isEmpty)
    #expect(matcher.freeSeats == 0)
    for id in ids { matcher.remove(id) }
    #expect(matcher.hostCount == 0)
    #expect(matcher.nodes.count - 2 * matcher.freeNodes.count == 2)
  }

  @Test("needs at most 100 bytes for a host, with round trips to landmarks or without", arguments: [false, true])
  func memory(hasLandmarks: Bool) {
    let hostCount = 2_000
    var random = SplitMix64(seed: 4)
    var matcher = Matcher()
    let landmarks = (0..<8).map { _ in HostID.random(using: &random) }
    for _ in 0..<hostCount {
      let vector = LandmarkVector(landmarks.map { LandmarkVector.Entry(landmark: $0, microseconds: 5_000) })
      matcher.upsert(
        HostFacts(
          id: .random(using: &random),
          seats: 1,
          place: Place(latitude: .random(in: -60...60, using: &random), longitude: .random(in: 0...90, using: &random)),
          landmarks: hasLandmarks ? vector : nil,
          games: (0..<5).map { HostFacts.Game(name: "game-\($0)", isWarm: false) }
        )
      )
    }
    matcher.compact()
    #expect(matcher.byteCount <= 100 * hostCount, "\(Double(matcher.byteCount) / Double(hostCount))")
    #expect(MemoryLayout<HostEntry>.stride == 64)
  }

  @Test("forgets lanes of landmarks that are none any more")
  func landmarksReplaced() throws {
    var random = SplitMix64(seed: 5)
    let ids = (0..<10).map { _ in HostID.random(using: &random) }
    let host = HostID.random(using: &random)
    var matcher = Matcher()
    matcher.upsert(HostFacts(id: host, seats: 1, games: [.init(name: "a", isWarm: true)]))
    matcher.setLandmarks(Array(ids[..<8]))
    matcher.setLandmarks(host, LandmarkVector([LandmarkVector.Entry(landmark: ids[0], microseconds: 4_800)]))
    let near = "\(ids[0]):160"
    let request = MatchRequest(game: "a", landmarks: near)
    #expect(matcher.shortlist(for: request).map(\.estimatedMicroseconds) == [4_960])
    matcher.setLandmarks(Array(ids[1...8]))
    #expect(matcher.shortlist(for: request).map(\.estimatedMicroseconds) == [nil])
  }

  private static func expectNearest(
    _ matcher: Matcher,
    _ model: ModelNetwork,
    _ request: MatchRequest,
    limit: Int,
    _ context: Comment
  ) {
    let expected = model.nearest(for: request, limit: limit)
    let found = matcher.shortlist(for: request, limit: limit)
    #expect(found.count == expected.count, context)
    #expect(Set(found.map(\.host)).count == found.count, context)
    for (candidate, estimate) in zip(found, expected) {
      guard let host = model.hosts[candidate.host] else {
        Issue.record(context)
        continue
      }
      // Places are kept in single precision: a few metres, and more where everything is on the other side of the Earth.
      let tolerance = estimate > 195_000 ? 50.0 : 2
      #expect(abs(Double(candidate.estimatedMicroseconds ?? 50_000) - estimate) < tolerance, context)
      #expect(model.suits(host, request), context)
      #expect((candidate.estimatedMicroseconds == nil) == (model.estimate(host, request) == nil), context)
      #expect(candidate.isWarm == host.games.contains { $0.name == request.game && $0.isWarm }, context)
      #expect(candidate.freeSeats == host.seats - host.usedSeats && candidate.price == host.price, context)
      #expect(abs(candidate.load - host.load) + abs(candidate.reputation - host.reputation) < 1e-9, context)
    }
  }
}
