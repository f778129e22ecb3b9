import Glibc
import IndexAPI
import Matching
import MediaUnits

/// The same hosts and players for everybody who is measured.
struct Dataset {
  static let seed: UInt64 = 20_260_711
  static let metroCount = 400
  static let gameNames = (0..<50).map { "game-\($0)" }

  struct Host {
    var facts: HostFacts
    var games: [Int]
  }

  struct Query {
    var place: Place
    var game: Int
    var minimumClass: PerformanceClass
    /// Millionths of a credit a minute.
    var maximumPrice: Int
  }

  let hosts: [Host]
  private let metros: [Place]
  /// Sums of Zipf weights.
  private let shares: [Double]

  /// - Parameter taken: percent of seats.
  init(hostCount: Int, taken: Int) {
    var random = SplitMix64(seed: Self.seed)
    var metros: [Place] = []
    var shares: [Double] = []
    for rank in 1...Self.metroCount {
      // Where people live: between the polar circles.
      let latitude = Double.random(in: -50...65, using: &random)
      metros.append(Place(latitude: latitude, longitude: Double.random(in: -180..<180, using: &random)))
      shares.append((shares.last ?? 0) + 1 / Double(rank))
    }
    self.metros = metros
    self.shares = shares
    var hosts: [Host] = []
    hosts.reserveCapacity(hostCount)
    for _ in 0..<hostCount {
      var games: [Int] = []
      while games.count < 5 {
        let game = Int.random(in: 0..<Self.gameNames.count, using: &random)
        if !games.contains(game) { games.append(game) }
      }
      let seats = Int.random(in: 1...4, using: &random)
      let used = (0..<seats).reduce(0) { sum, _ in sum + (Int.random(in: 0..<100, using: &random) < taken ? 1 : 0) }
      let facts = HostFacts(
        id: .random(using: &random),
        seats: seats,
        usedSeats: used,
        performanceClass: PerformanceClass.allCases.randomElement(using: &random) ?? .basic,
        price: 1_000 * Int.random(in: 20...100, using: &random),
        place: Self.near(metros, shares, &random),
        games: games.map { HostFacts.Game(name: Self.gameNames[$0], isWarm: Bool.random(using: &random)) },
        load: Double.random(in: 0...1, using: &random),
        network: UInt32.random(in: 1...UInt32(max(2, hostCount / 3)), using: &random)
      )
      hosts.append(Host(facts: facts, games: games))
    }
    self.hosts = hosts
  }

  func query(_ random: inout SplitMix64) -> Query {
    Query(
      place: Self.near(self.metros, self.shares, &random),
      game: Int.random(in: 0..<Self.gameNames.count, using: &random),
      minimumClass: PerformanceClass(rawValue: Int.random(in: 0...2, using: &random)) ?? .basic,
      maximumPrice: 1_000 * Int.random(in: 50...100, using: &random)
    )
  }

  /// About 30 km around a metro, the larger ones more often.
  private static func near(_ metros: [Place], _ shares: [Double], _ random: inout SplitMix64) -> Place {
    let share = Double.random(in: 0..<shares[shares.count - 1], using: &random)
    let metro = metros[shares.firstIndex { share < $0 } ?? 0]
    // The sum of uniform deviates is bell-shaped enough; 0.3° are 33 km.
    let latitude = metro.latitude + Self.spread(&random)
    let longitude = metro.longitude + Self.spread(&random) / max(0.2, cos(metro.latitude * .pi / 180))
    return Place(latitude: latitude, longitude: longitude - 360 * ((longitude + 180) / 360).rounded(.down))
  }

  private static func spread(_ random: inout SplitMix64) -> Double {
    (0..<4).reduce(-2) { sum, _ in sum + Double.random(in: 0..<1, using: &random) } * 0.5
  }
}

extension Dataset.Query {
  var request: MatchRequest {
    MatchRequest(
      game: Dataset.gameNames[self.game],
      minimumClass: self.minimumClass,
      maximumPrice: self.maximumPrice,
      place: self.place,
      waitedMilliseconds: 60_000
    )
  }

  func isServed(by host: HostFacts, games: [Int]) -> Bool {
    host.isMatchable && host.performanceClass >= self.minimumClass && host.price <= self.maximumPrice
      && games.contains(self.game)
  }
}

/// Great-circle distance, by the textbook and not by what is measured.
func kilometres(_ first: Place, _ second: Place) -> Double {
  let (one, two) = (first.latitude * .pi / 180, second.latitude * .pi / 180)
  let (rise, turn) = (two - one, (second.longitude - first.longitude) * .pi / 180)
  let half = sin(rise / 2) * sin(rise / 2) + cos(one) * cos(two) * sin(turn / 2) * sin(turn / 2)
  return 2 * 6_371 * asin(min(1, half.squareRoot()))
}
