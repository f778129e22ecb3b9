/// `GET /v1/games`.
public struct GameList: Codable, Hashable, Sendable {
  public struct Game: Codable, Hashable, Sendable {
    public var name: String
    public var title: String
    public var hosts: Int
    public var freeSeats: Int
    /// Stages that stand ready.
    public var warm: Int

    public init(name: String, title: String, hosts: Int, freeSeats: Int, warm: Int) {
      self.name = name
      self.title = title
      self.hosts = hosts
      self.freeSeats = freeSeats
      self.warm = warm
    }
  }

  public var games: [Game]

  public init(games: [Game]) {
    self.games = games
  }
}

/// `GET /v1/hosts?game=&latitude=&longitude=&landmarks=&limit=`: the nearest suitable hosts, best estimate first.
public struct HostList: Codable, Hashable, Sendable {
  public struct Host: Codable, Hashable, Sendable {
    public var endpoint: HostEndpoint
    /// From the landmark vectors, else from the distance; `nil` where neither is known.
    public var estimatedRoundTripMicroseconds: Int?
    public var place: Place?
    public var region: String?
    public var state: HostState
    public var freeSeats: Int
    public var seats: Int
    public var price: Int
    public var performanceClass: PerformanceClass
    public var games: [GameOffer]

    public init(
      endpoint: HostEndpoint,
      estimatedRoundTripMicroseconds: Int?,
      place: Place?,
      region: String?,
      state: HostState,
      freeSeats: Int,
      seats: Int,
      price: Int,
      performanceClass: PerformanceClass,
      games: [GameOffer]
    ) {
      self.endpoint = endpoint
      self.estimatedRoundTripMicroseconds = estimatedRoundTripMicroseconds
      self.place = place
      self.region = region
      self.state = state
      self.freeSeats = freeSeats
      self.seats = seats
      self.price = price
      self.performanceClass = performanceClass
      self.games = games
    }
  }

  public var hosts: [Host]

  public init(hosts: [Host]) {
    self.hosts = hosts
  }
}

/// `GET /v1/landmarks`: up to eight hosts, far from each other, whose round trips place a player or a host.
public struct LandmarkList: Codable, Hashable, Sendable {
  public var landmarks: [HostEndpoint]

  public init(landmarks: [HostEndpoint]) {
    self.landmarks = landmarks
  }
}

/// What went wrong, for people and for programs. Content type `application/problem+json`.
///
/// - Spec: RFC 9457 §3.
public struct Problem: Error, Codable, Hashable, Sendable {
  /// Such as `urn:martlet:problem:no-seat`; programs look at this.
  public var type: String
  public var title: String
  public var status: Int
  /// What to do about it.
  public var detail: String

  public init(type: String, title: String, status: Int, detail: String) {
    self.type = type
    self.title = title
    self.status = status
    self.detail = detail
  }
}
