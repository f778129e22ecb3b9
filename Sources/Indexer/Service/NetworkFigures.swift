public import IndexAPI

/// What an indexer knows of the network at one moment, for its page, its metrics and its status.
public struct NetworkFigures: Sendable {
  /// One host on the map.
  public struct HostPoint: Hashable, Sendable {
    public var host: HostID
    public var place: Place?
    public var region: String?
    public var state: HostState
    /// Sessions that the host gives its word for.
    public var offeredSeats: Int
    public var usedSeats: Int
    /// Round trips to landmarks, as ``LandmarkVector`` text; empty if never measured.
    public var landmarks: String
    public var games: [String]

    public init(
      host: HostID,
      place: Place?,
      region: String?,
      state: HostState,
      offeredSeats: Int,
      usedSeats: Int,
      landmarks: String,
      games: [String]
    ) {
      self.host = host
      self.place = place
      self.region = region
      self.state = state
      self.offeredSeats = offeredSeats
      self.usedSeats = usedSeats
      self.landmarks = landmarks
      self.games = games
    }
  }

  /// Another indexer, or this one.
  public struct IndexerPoint: Hashable, Sendable {
    public var name: String
    public var url: String
    public var isAlive: Bool

    public init(name: String, url: String, isAlive: Bool) {
      self.name = name
      self.url = url
      self.isAlive = isAlive
    }
  }

  /// The most hosts of ``hostPoints``.
  public static let maximumHostPointCount = 2_000

  public var name = ""
  public var uptime: Duration = .zero
  /// What an answer means for a machine that loses its power.
  public var durability = ""
  public var hosts: [HostState: Int] = [:]
  /// Sessions that hosts on standby give their word for.
  public var offeredSeats = 0
  public var usedSeats = 0
  public var reservedSessions = 0
  public var runningSessions = 0
  public var queueLength = 0
  /// Until the last in line has a seat; `nil` when that cannot be said.
  public var queueEstimate: Duration?
  /// Since this indexer started.
  public var matches = 0
  /// Reservations that the store refused since then, and the next candidate was asked.
  public var conflicts = 0
  /// Since then, by the last part of the problem's type, such as `no-seat`.
  public var refusals: [String: Int] = [:]
  /// Heartbeats taken since then.
  public var heartbeats = 0
  /// Times that the store did not answer.
  public var storeFailures = 0
  /// Batches of the change feed that were read.
  public var changesRead = 0
  /// From having read an order to having the answer, the durable write included.
  public var matchLatency = LatencyDistribution()
  /// What players report: from the request to the ticket, to the first packet, and to the first decoded frame.
  public var timeToTicket = LatencyDistribution()
  public var timeToFirstPacket = LatencyDistribution()
  public var timeToFirstFrame = LatencyDistribution()
  public var indexers: [IndexerPoint] = []
  /// At most ``maximumHostPointCount``.
  public var hostPoints: [HostPoint] = []

  public init() {}
}
