import Glibc
import IndexAPI
import Matching
import MediaUnits

/// The hosts of a made-up network in a list, gone through from end to end for every question.
struct ModelNetwork {
  static let games = (0..<40).map { "game-\($0)" }

  var hosts: [HostID: HostFacts] = [:]
  /// Every host that there ever was.
  private var ids: [HostID] = []
  let landmarks: [HostID]

  init(random: inout SplitMix64) {
    self.landmarks = (0..<4).map { _ in .random(using: &random) }
  }

  /// A host anywhere, often near others, sometimes without a place, sometimes with landmarks.
  mutating func makeHost(_ id: HostID, random: inout SplitMix64) -> HostFacts {
    self.ids.append(id)
    let seats = Int.random(in: 0...4, using: &random)
    let gameCount = Int.random(in: 0..<20, using: &random) == 0 ? 12 : Int.random(in: 1...5, using: &random)
    let games = Set((0..<gameCount).map { _ in Int.random(in: 0..<Self.games.count, using: &random) }).sorted()
    return HostFacts(
      id: id,
      isMatchable: Int.random(in: 0..<10, using: &random) > 0,
      seats: seats,
      usedSeats: Int.random(in: 0...(seats + 1), using: &random),
      performanceClass: PerformanceClass.allCases.randomElement(using: &random) ?? .basic,
      price: Int.random(in: 0...100, using: &random),
      place: Int.random(in: 0..<12, using: &random) == 0 ? nil : Self.makePlace(random: &random),
      landmarks: Bool.random(using: &random) ? self.makeVector(random: &random) : nil,
      games: games.map { HostFacts.Game(name: Self.games[$0], isWarm: Bool.random(using: &random)) },
      load: Double(Int.random(in: 0...255, using: &random)) / 255,
      network: UInt32.random(in: 0...30, using: &random),
      reputation: Double(Int.random(in: 0...255, using: &random)) / 255
    )
  }

  static func makePlace(random: inout SplitMix64) -> Place {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: Place(latitude: 90, longitude: .random(in: -180...180, using: &random))
    case 1: Place(latitude: -89.9, longitude: .random(in: -180...180, using: &random))
    case 2: Place(latitude: .random(in: -1...1, using: &random), longitude: Bool.random(using: &random) ? 180 : -180)
    case 3: Place(latitude: 52.52, longitude: 13.405)
    case 4: Place(latitude: .random(in: 40...60, using: &random), longitude: .random(in: 0...20, using: &random))
    default: Place(latitude: .random(in: -90...90, using: &random), longitude: .random(in: -180...180, using: &random))
    }
  }

  /// Round trips of whole steps, so that the matcher keeps them as they are.
  func makeVector(random: inout SplitMix64) -> LandmarkVector? {
    LandmarkVector(
      self.landmarks.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
        .map { LandmarkVector.Entry(landmark: $0, microseconds: 16 * Int.random(in: 0..<5_000, using: &random)) }
    )
  }

  func makeRequest(random: inout SplitMix64) -> MatchRequest {
    MatchRequest(
      game: Self.games.randomElement(using: &random) ?? "",
      minimumClass: PerformanceClass(rawValue: Int.random(in: 0...3, using: &random)) ?? .basic,
      maximumPrice: Bool.random(using: &random) ? Int.random(in: 20...100, using: &random) : nil,
      minimumReputation: Bool.random(using: &random) ? Double(Int.random(in: 0...200, using: &random)) / 255 : 0,
      avoid: (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in self.ids.randomElement(using: &random) },
      place: Int.random(in: 0..<8, using: &random) == 0 ? nil : Self.makePlace(random: &random),
      landmarks: Bool.random(using: &random) ? self.makeVector(random: &random)?.text : nil,
      waitedMilliseconds: Int.random(in: 0...40_000, using: &random)
    )
  }

  func suits(_ host: HostFacts, _ request: MatchRequest) -> Bool {
    host.isMatchable && host.usedSeats < host.seats && host.games.contains { $0.name == request.game }
      && host.performanceClass >= request.minimumClass && host.price <= request.maximumPrice ?? .max
      && host.reputation >= request.minimumReputation && !request.avoid.contains(host.id)
  }

  /// Microseconds; `nil` where nothing is known.
  func estimate(_ host: HostFacts, _ request: MatchRequest) -> Double? {
    self.estimate(host, request, request.landmarks.flatMap { LandmarkVector($0) })
  }

  private func estimate(_ host: HostFacts, _ request: MatchRequest, _ landmarks: LandmarkVector?) -> Double? {
    if let mine = landmarks, let theirs = host.landmarks,
      let estimate = mine.estimate(to: theirs)
    {
      return Double(estimate.components.attoseconds) / 1e12 + Double(estimate.components.seconds) * 1e6
    }
    guard let mine = request.place, let theirs = host.place else { return nil }
    let (one, other) = (Self.vector(mine), Self.vector(theirs))
    // The angle from the chord is exact for small ones too, unlike that from the cosine.
    let differences = zip(one, other).map { $0 - $1 }
    let chord = differences.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let angle = 2 * asin(min(1, chord / 2))
    return angle * 6_371 * 10 + 2_000
  }

  /// The estimates of the nearest that suit, no more than three of a network.
  func nearest(for request: MatchRequest, limit: Int) -> [Double] {
    let landmarks = request.landmarks.flatMap { LandmarkVector($0) }
    let suitable = self.hosts.values.filter { self.suits($0, request) }
      .map { (estimate: self.estimate($0, request, landmarks) ?? 50_000, network: $0.network) }
      .sorted { $0.estimate < $1.estimate }
    var counts: [UInt32: Int] = [:]
    var nearest: [Double] = []
    for host in suitable where nearest.count < limit {
      counts[host.network, default: 0] += 1
      if host.network == 0 || counts[host.network, default: 0] <= 3 { nearest.append(host.estimate) }
    }
    return nearest
  }

  private static func vector(_ place: Place) -> [Double] {
    let (latitude, longitude) = (place.latitude * .pi / 180, place.longitude * .pi / 180)
    return [cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)] as [Double]
  }
}
