/// Where something stands on Earth.
public struct Place: Codable, Hashable, Sendable {
  /// Degrees north, -90 ... 90.
  public var latitude: Double
  /// Degrees east, -180 ... 180.
  public var longitude: Double

  public init(latitude: Double, longitude: Double) {
    self.latitude = latitude
    self.longitude = longitude
  }
}

/// What a host may be asked for.
public enum HostState: String, Codable, Hashable, Sendable, CaseIterable {
  /// Takes players while seats are free.
  case standby
  /// Goes on with its sessions and takes no new ones.
  case draining
  /// Has missed three heartbeats; gets no new players until it is heard.
  case silent
  /// Has not been heard for sixty seconds.
  case offline
}

/// The picture that a host has shown, by encoding, that it can stream 60 times a second.
public enum PerformanceClass: Int, Codable, Hashable, Sendable, Comparable, CaseIterable {
  /// Less than 1280 × 720 at 60 fps.
  case basic = 0
  /// 1280 × 720 at 60 fps.
  case hd = 1
  /// 1920 × 1080 at 60 fps.
  case fullHD = 2
  /// 2560 × 1440 at 60 fps.
  case quadHD = 3
  /// 3840 × 2160 at 60 fps.
  case ultraHD = 4

  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A game that a host offers.
public struct GameOffer: Codable, Hashable, Sendable {
  /// What players ask for: 1 ... 64 of a–z, 0–9 and `-`.
  public var name: String
  /// What people read, at most 64 characters.
  public var title: String
  /// The picture that a warm stage has, such as `1280x720`.
  public var picture: String
  /// Frames per second, 1 ... 240.
  public var maximumRate: Int
  /// Stages that stand ready, the game at its menu.
  public var warm: Int

  public init(name: String, title: String, picture: String, maximumRate: Int, warm: Int) {
    self.name = name
    self.title = title
    self.picture = picture
    self.maximumRate = maximumRate
    self.warm = warm
  }
}

/// One encoder, proven by encoding.
public struct EncoderClaim: Codable, Hashable, Sendable {
  /// Such as `h264_nvenc`.
  public var name: String
  /// Such as `1920x1080`.
  public var picture: String
  /// Frames per second that it held at that size.
  public var framesPerSecond: Double

  public init(name: String, picture: String, framesPerSecond: Double) {
    self.name = name
    self.picture = picture
    self.framesPerSecond = framesPerSecond
  }
}

/// What a host has measured about itself.
public struct HostCapability: Codable, Hashable, Sendable {
  /// The graphics processor's name; `nil` for none.
  public var gpu: String?
  /// At most 16.
  public var encoders: [EncoderClaim]
  public var cores: Int
  public var memoryMegabytes: Int
  public var performanceClass: PerformanceClass

  public init(
    gpu: String?,
    encoders: [EncoderClaim],
    cores: Int,
    memoryMegabytes: Int,
    performanceClass: PerformanceClass
  ) {
    self.gpu = gpu
    self.encoders = encoders
    self.cores = cores
    self.memoryMegabytes = memoryMegabytes
    self.performanceClass = performanceClass
  }
}

/// `POST /v1/hosts`: what a host says of itself when it registers, and whenever that changes.
public struct HostRegistration: Codable, Hashable, Sendable {
  /// Where players and probes reach it by UDP: `address:port`.
  public var endpoint: String
  /// Its X25519 key, 43 characters of base64url.
  public var transportKey: String
  /// At most 64.
  public var games: [GameOffer]
  public var capability: HostCapability
  /// 1 ... 64.
  public var seats: Int
  /// Such as `eu-west`; at most 64 characters.
  public var region: String?
  public var place: Place?
  /// Millionths of a credit a minute, 0 or more.
  public var price: Int

  public init(
    endpoint: String,
    transportKey: String,
    games: [GameOffer],
    capability: HostCapability,
    seats: Int,
    region: String? = nil,
    place: Place? = nil,
    price: Int = 0
  ) {
    self.endpoint = endpoint
    self.transportKey = transportKey
    self.games = games
    self.capability = capability
    self.seats = seats
    self.region = region
    self.place = place
    self.price = price
  }
}

/// The answer to ``HostRegistration``.
public struct HostRegistered: Codable, Hashable, Sendable {
  public var host: HostID
  /// The fencing epoch of this indexer's being the host's home; every heartbeat repeats it.
  public var epoch: Int
  public var heartbeatSeconds: Int
  /// Addresses of every live indexer, this one first, to turn to should this one be lost.
  public var indexers: [String]
  /// The signed key set that tickets are checked with.
  public var keys: String

  public init(host: HostID, epoch: Int, heartbeatSeconds: Int, indexers: [String], keys: String) {
    self.host = host
    self.epoch = epoch
    self.heartbeatSeconds = heartbeatSeconds
    self.indexers = indexers
    self.keys = keys
  }
}

/// `POST /v1/hosts/{host}/heartbeat`: every five seconds, and at once when a session starts or ends.
public struct Heartbeat: Codable, Hashable, Sendable {
  public struct Warmth: Codable, Hashable, Sendable {
    public var name: String
    /// Stages that stand ready.
    public var warm: Int

    public init(name: String, warm: Int) {
      self.name = name
      self.warm = warm
    }
  }

  public struct Ended: Codable, Hashable, Sendable {
    public var session: SessionID
    /// At most 200 characters.
    public var reason: String

    public init(session: SessionID, reason: String) {
      self.session = session
      self.reason = reason
    }
  }

  public var epoch: Int
  /// Higher in each than in the one before, within an epoch.
  public var sequence: UInt64
  /// `standby` or `draining`.
  public var state: HostState
  /// Seats that the host gives its word for until it says otherwise.
  public var freeSeats: Int
  /// 0 ... 1.
  public var encoderLoad: Double
  /// 0 ... 1; `nil` without a graphics processor.
  public var gpuLoad: Double?
  public var games: [Warmth]
  /// Sessions that run now.
  public var sessions: [SessionID]
  /// Repeated until a heartbeat was acknowledged.
  public var ended: [Ended]
  /// Round trips to the network's landmarks, as ``LandmarkVector`` text; empty if never measured.
  public var landmarks: String

  public init(
    epoch: Int,
    sequence: UInt64,
    state: HostState,
    freeSeats: Int,
    encoderLoad: Double,
    gpuLoad: Double? = nil,
    games: [Warmth],
    sessions: [SessionID],
    ended: [Ended] = [],
    landmarks: String = ""
  ) {
    self.epoch = epoch
    self.sequence = sequence
    self.state = state
    self.freeSeats = freeSeats
    self.encoderLoad = encoderLoad
    self.gpuLoad = gpuLoad
    self.games = games
    self.sessions = sessions
    self.ended = ended
    self.landmarks = landmarks
  }
}

/// One line of `GET /v1/hosts/{host}/stream`: what the indexer tells a host without being asked.
public enum HostMessage: Codable, Hashable, Sendable {
  /// A player with a ticket is on its way: get everything ready that takes time.
  case prepare(Preparation)
  /// The session was given up or ended elsewhere.
  case release(SessionID)
  /// A new signed key set.
  case keys(String)
  /// Nothing; comes every five seconds, so that silence means a lost connection.
  case alive
  /// This indexer is no longer the host's home, or is going down: register anew, elsewhere if it does not answer.
  case goodbye

  public struct Preparation: Codable, Hashable, Sendable {
    public var session: SessionID
    public var game: String
    /// The picture asked for, such as `1280x720`; `nil` for the game's own.
    public var picture: String?
    /// Seconds since 1970.
    public var startBy: Int64

    public init(session: SessionID, game: String, picture: String?, startBy: Int64) {
      self.session = session
      self.game = game
      self.picture = picture
      self.startBy = startBy
    }
  }
}

/// `POST /v1/hosts/{host}/drain`.
public struct DrainOrder: Codable, Hashable, Sendable {
  /// `false` takes it back.
  public var drains: Bool

  public init(drains: Bool) {
    self.drains = drains
  }
}
