public import IndexAPI
import Matching
import MediaUnits
import Storage
import Synchronization

/// What anybody may know.
extension IndexService {
  private static let landmarkCount = 8
  private static let landmarkMemory: Duration = .seconds(30)
  /// Hosts among which landmarks are looked for.
  private static let landmarkCandidates = 4_096

  public func games() -> GameList {
    self.state.withLock(\.games.list)
  }

  /// The nearest hosts that have a game and a seat, best first.
  func hosts(game: String?, place: Place?, landmarks: String?, limit: Int) -> HostList {
    let games = game.map { [$0] } ?? Array(self.games().games.prefix(16).map(\.name))
    return self.state.withLock { state in
      var candidates: [HostID: Candidate] = [:]
      for game in games {
        let request = MatchRequest(
          game: game,
          place: place,
          landmarks: landmarks,
          waitedMilliseconds: Int(Self.longestWait)
        )
        for candidate in state.matcher.shortlist(for: request, limit: limit) { candidates[candidate.host] = candidate }
      }
      let nearest = candidates.values.sorted {
        ($0.estimatedMicroseconds ?? .max, $0.host.high) < ($1.estimatedMicroseconds ?? .max, $1.host.high)
      }
      return HostList(
        hosts: nearest.prefix(limit).compactMap { candidate in
          state.hosts[candidate.host].map { Self.listed($0, candidate.estimatedMicroseconds) }
        }
      )
    }
  }

  private static func listed(_ host: KnownHost, _ estimate: Int?) -> HostList.Host {
    let registration = host.description.registration
    return HostList.Host(
      endpoint: host.endpoint,
      estimatedRoundTripMicroseconds: estimate,
      place: registration.place,
      region: registration.region,
      state: host.state,
      freeSeats: host.freeSeats,
      seats: host.seats,
      price: registration.price,
      performanceClass: registration.capability.performanceClass,
      games: registration.games
    )
  }

  /// Hosts far from each other, the same at every indexer that knows the same hosts.
  func landmarks() -> LandmarkList {
    let now = self.clock.instant()
    return self.state.withLock { state in
      // While all hosts are landmarks, choosing costs nothing, and the first to ask may come before the first host.
      if state.landmarks.until <= now || state.hosts.count <= Self.landmarkCount {
        state.landmarks = (Self.chooseLandmarks(state), now + Self.landmarkMemory)
      }
      return LandmarkList(landmarks: state.landmarks.hosts)
    }
  }

  private static func chooseLandmarks(_ state: ServiceState) -> [HostEndpoint] {
    // Names are hashes: those below a bound are a fair sample.
    let share = UInt64(max(1, state.hosts.count / Self.landmarkCandidates))
    let candidates = state.hosts.values
      .filter { $0.id.high <= .max / share && ($0.state == .standby || $0.state == .draining) }
      .sorted { ($0.id.high, $0.id.low) < ($1.id.high, $1.id.low) }
    var chosen: [KnownHost] = []
    var distances = candidates.map { _ in Duration.seconds(3_600) }
    while chosen.count < min(Self.landmarkCount, candidates.count) {
      guard let index = distances.indices.max(by: { distances[$0] < distances[$1] }) else { break }
      chosen.append(candidates[index])
      for other in candidates.indices {
        distances[other] = min(distances[other], Self.distance(candidates[index], candidates[other]))
      }
      distances[index] = .seconds(-1)
    }
    return chosen.map(\.endpoint)
  }

  /// Hosts of unknown place are near to each other, and far from nobody.
  private static func distance(_ first: KnownHost, _ second: KnownHost) -> Duration {
    guard let here = first.description.registration.place, let there = second.description.registration.place else {
      return .zero
    }
    return Geography.estimate(from: here, to: there)
  }

  /// What the page, the metrics and the status are made of.
  public func figures() -> NetworkFigures {
    let now = self.clock.instant()
    return self.state.withLock { state in
      var figures = state.figures
      figures.name = self.name
      figures.uptime = now - self.started
      figures.durability = self.store.durability.rawValue
      figures.queueLength = state.waiting.count
      figures.queueEstimate = state.waiting.longestEstimate(now: now)
      figures.indexers = state.indexers.sorted { $0.key < $1.key }.map { name, indexer in
        NetworkFigures.IndexerPoint(name: name, url: indexer.url, isAlive: indexer.aliveUntil > now)
      }
      figures.hostPoints = state.hosts.values.prefix(NetworkFigures.maximumHostPointCount).map(Self.point)
      return figures
    }
  }

  private static func point(_ host: KnownHost) -> NetworkFigures.HostPoint {
    let registration = host.description.registration
    return NetworkFigures.HostPoint(
      host: host.id,
      place: registration.place,
      region: registration.region,
      state: host.state,
      offeredSeats: host.offeredSeats,
      usedSeats: host.usedSeats,
      landmarks: host.description.landmarks,
      games: registration.games.map(\.name)
    )
  }
}
