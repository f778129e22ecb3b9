import IndexAPI

@testable import Indexer

/// A made-up network whose figures are known.
enum ObservedNetwork {
  static func point(
    _ latitude: Double?,
    _ longitude: Double = 0,
    region: String? = nil,
    state: HostState = .standby,
    offered: Int = 2,
    used: Int = 0
  ) -> NetworkFigures.HostPoint {
    NetworkFigures.HostPoint(
      host: HostID(high: 7, low: 9),
      place: latitude.map { Place(latitude: $0, longitude: longitude) },
      region: region,
      state: state,
      offeredSeats: offered,
      usedSeats: used,
      landmarks: "",
      games: ["freedoom"]
    )
  }

  /// A network as it is after `second` seconds, with hosts in eight places.
  static func figures(second: Int) -> NetworkFigures {
    var figures = NetworkFigures()
    figures.name = "secret-name"
    figures.durability = "disk"
    figures.uptime = .seconds(second)
    let places = [
      ("eu-west", 51.5, -0.1, 40), ("eu-central", 50.1, 8.7, 62), ("us-east", 39, -77.5, 55),
      ("us-west", 37.4, -122, 33),
      ("sa-east", -23.5, -46.6, 9), ("ap-south", 19, 72.9, 17), ("ap-northeast", 35.7, 139.7, 38),
      ("oceania", -33.9, 151.2, 8),
    ]
    for (region, latitude, longitude, count) in places {
      for index in 0..<count {
        figures.hostPoints.append(Self.point(latitude, longitude, region: region, used: index % 3))
      }
    }
    figures.hostPoints.append(Self.point(1.4, 103.8, region: "<b>&\"'", state: .draining))
    figures.hostPoints.append(Self.point(nil))
    figures.hosts = [.standby: 263, .draining: 1, .offline: 4]
    figures.offeredSeats = 526
    figures.usedSeats = 260
    figures.reservedSessions = 3
    figures.runningSessions = 257
    figures.queueLength = second % 60 / 10
    figures.queueEstimate = .seconds(34)
    figures.matches = second * 7
    figures.refusals = ["no-seat": second / 10, "player-limit": 2]
    figures.indexers = [
      NetworkFigures.IndexerPoint(name: "secret-name", url: "http://192.0.2.7:8080", isAlive: true),
      NetworkFigures.IndexerPoint(name: "other", url: "http://192.0.2.8:8080", isAlive: true),
      NetworkFigures.IndexerPoint(name: "gone", url: "http://192.0.2.9:8080", isAlive: false),
    ]
    for index in 0..<(second * 7) { figures.matchLatency.add(microseconds: 1_000 + index % 100 * 30) }
    for index in 0..<(second * 3) { figures.timeToFirstFrame.add(microseconds: 40_000 + index % 100 * 500) }
    return figures
  }

  static func history(seconds: Int) -> NetworkHistory {
    var history = NetworkHistory()
    for second in 1...seconds { history.record(Self.figures(second: second), unix: 1_800_000_000 + Int64(second)) }
    return history
  }

  static func status(seconds: Int, withPlaces: Bool = true) -> NetworkStatus {
    Self.history(seconds: seconds).status(
      milliseconds: (1_800_000_000 + Int64(seconds)) * 1_000,
      version: "1.2.3",
      queueLimit: 100,
      withPlaces: withPlaces
    )
  }
}
