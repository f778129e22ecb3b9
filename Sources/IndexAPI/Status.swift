/// `GET /v1/status?places=`: what the whole network may know about itself.
///
/// It names no host, player, key or address, and no place more precisely than half a degree.
public struct NetworkStatus: Codable, Hashable, Sendable {
  /// Hosts by state.
  public struct Hosts: Codable, Hashable, Sendable {
    public var standby: Int
    public var draining: Int
    public var silent: Int
    public var offline: Int

    public init(standby: Int, draining: Int, silent: Int, offline: Int) {
      self.standby = standby
      self.draining = draining
      self.silent = silent
      self.offline = offline
    }
  }

  /// Seats of the hosts on standby.
  public struct Seats: Codable, Hashable, Sendable {
    /// Those that hosts give their word for.
    public var offered: Int
    public var used: Int
    /// Those that a player could have now.
    public var free: Int

    public init(offered: Int, used: Int, free: Int) {
      self.offered = offered
      self.used = used
      self.free = free
    }
  }

  /// Players who wait for a seat.
  public struct Queue: Codable, Hashable, Sendable {
    public var waiting: Int
    /// How many may wait.
    public var limit: Int
    /// Until the last in line has a seat; `nil` when nobody waits or no seat has been freed lately.
    public var estimateSeconds: Int?

    public init(waiting: Int, limit: Int, estimateSeconds: Int?) {
      self.waiting = waiting
      self.limit = limit
      self.estimateSeconds = estimateSeconds
    }
  }

  /// What the last durations were like; `nil` where there was none.
  public struct Percentiles: Codable, Hashable, Sendable {
    /// How many this is about, at most 512.
    public var count: Int
    public var p50Microseconds: Int?
    public var p95Microseconds: Int?
    public var p99Microseconds: Int?

    public init(count: Int, p50Microseconds: Int?, p95Microseconds: Int?, p99Microseconds: Int?) {
      self.count = count
      self.p50Microseconds = p50Microseconds
      self.p95Microseconds = p95Microseconds
      self.p99Microseconds = p99Microseconds
    }
  }

  /// One value a second, the oldest first, at most 300; every list has as many.
  public struct Series: Codable, Hashable, Sendable {
    /// The second of the last values, since 1970.
    public var end: Int64
    public var matches: [Int]
    public var refusals: [Int]
    public var sessions: [Int]
    public var waiting: [Int]
    /// `nil` in seconds in which no session started.
    public var firstFrameP50Microseconds: [Int?]
    public var firstFrameP95Microseconds: [Int?]

    public init(end: Int64) {
      self.end = end
      self.matches = []
      self.refusals = []
      self.sessions = []
      self.waiting = []
      self.firstFrameP50Microseconds = []
      self.firstFrameP95Microseconds = []
    }
  }

  /// Hosts that stand near each other.
  public struct Place: Codable, Hashable, Sendable {
    /// Degrees north, -90 ... 90.
    public var latitude: Double
    /// Degrees east, -180 ... 180.
    public var longitude: Double
    /// The region that all of them name, if they do.
    public var region: String?
    /// Those that are not offline.
    public var hosts: Int
    /// Those on standby.
    public var ready: Int
    /// Those that the hosts give their word for.
    public var seats: Int
    public var freeSeats: Int

    public init(
      latitude: Double,
      longitude: Double,
      region: String?,
      hosts: Int,
      ready: Int,
      seats: Int,
      freeSeats: Int
    ) {
      self.latitude = latitude
      self.longitude = longitude
      self.region = region
      self.hosts = hosts
      self.ready = ready
      self.seats = seats
      self.freeSeats = freeSeats
    }
  }

  /// Milliseconds since 1970.
  public var time: Int64
  public var version: String
  /// `none`, `disk` or `database`: where a reservation is before it is acknowledged.
  public var durability: String
  /// Since this indexer started.
  public var uptimeSeconds: Int
  /// Those alive, this one included.
  public var indexers: Int
  public var hosts: Hosts
  public var seats: Seats
  /// Reserved or running.
  public var sessions: Int
  public var queue: Queue
  /// By this indexer, since it started.
  public var matches: Int
  /// By this indexer, since it started.
  public var refusals: Int
  /// From a request's arrival to its durable reservation.
  public var matchLatency: Percentiles
  /// From a player's request to its first decoded frame, as players told.
  public var firstFrame: Percentiles
  public var series: Series
  /// `nil` when they were not asked for; at most 2,000.
  public var places: [Place]?
  /// Hosts, not offline, that have said no place.
  public var unplacedHosts: Int

  public init(
    time: Int64,
    version: String,
    durability: String,
    uptimeSeconds: Int,
    indexers: Int,
    hosts: Hosts,
    seats: Seats,
    sessions: Int,
    queue: Queue,
    matches: Int,
    refusals: Int,
    matchLatency: Percentiles,
    firstFrame: Percentiles,
    series: Series,
    places: [Place]?,
    unplacedHosts: Int
  ) {
    self.time = time
    self.version = version
    self.durability = durability
    self.uptimeSeconds = uptimeSeconds
    self.indexers = indexers
    self.hosts = hosts
    self.seats = seats
    self.sessions = sessions
    self.queue = queue
    self.matches = matches
    self.refusals = refusals
    self.matchLatency = matchLatency
    self.firstFrame = firstFrame
    self.series = series
    self.places = places
    self.unplacedHosts = unplacedHosts
  }
}
