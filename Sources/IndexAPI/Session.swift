/// `POST /v1/sessions`, and `POST /v1/sessions/{session}/resume` after a host was lost: a player asks for a seat.
public struct SessionOrder: Codable, Hashable, Sendable {
  /// What the player measured of one host of the shortlist.
  public struct Probe: Codable, Hashable, Sendable {
    public var host: HostID
    /// The median of the round trips.
    public var roundTripMicroseconds: Int
    /// The largest less the smallest.
    public var jitterMicroseconds: Int

    public init(host: HostID, roundTripMicroseconds: Int, jitterMicroseconds: Int) {
      self.host = host
      self.roundTripMicroseconds = roundTripMicroseconds
      self.jitterMicroseconds = jitterMicroseconds
    }
  }

  /// Repeating an order with the same identifier gives the same session.
  public var request: RequestID
  public var game: String
  /// The player's X25519 key, which the host will see proven; 43 characters of base64url.
  public var transportKey: String
  /// Such as `1280x720`; `nil` for the game's own.
  public var picture: String?
  public var minimumClass: PerformanceClass?
  /// Millionths of a credit a minute; `nil` for no limit.
  public var maximumPrice: Int?
  /// At most 32.
  public var avoid: [HostID]
  public var place: Place?
  /// Round trips to landmarks, as ``LandmarkVector`` text; `nil` if never measured.
  public var landmarks: String?
  /// At most 16; empty to skip probing.
  public var probes: [Probe]
  /// Whether to wait in the queue when nothing is free.
  public var waits: Bool

  public init(
    request: RequestID,
    game: String,
    transportKey: String,
    picture: String? = nil,
    minimumClass: PerformanceClass? = nil,
    maximumPrice: Int? = nil,
    avoid: [HostID] = [],
    place: Place? = nil,
    landmarks: String? = nil,
    probes: [Probe] = [],
    waits: Bool = true
  ) {
    self.request = request
    self.game = game
    self.transportKey = transportKey
    self.picture = picture
    self.minimumClass = minimumClass
    self.maximumPrice = maximumPrice
    self.avoid = avoid
    self.place = place
    self.landmarks = landmarks
    self.probes = probes
    self.waits = waits
  }
}

/// Where a host is, and what proves that it is the one.
public struct HostEndpoint: Codable, Hashable, Sendable {
  public var host: HostID
  /// `address:port`.
  public var endpoint: String
  /// X25519, 43 characters of base64url.
  public var transportKey: String

  public init(host: HostID, endpoint: String, transportKey: String) {
    self.host = host
    self.endpoint = endpoint
    self.transportKey = transportKey
  }
}

/// 201: a seat, reserved until `startBy`.
public struct SessionOffer: Codable, Hashable, Sendable {
  public var session: SessionID
  public var game: String
  public var host: HostEndpoint
  /// An EdDSA JWT of at most 512 bytes, for that host alone.
  public var ticket: String
  /// Seconds since 1970, by the indexer's clock; the ticket ends then.
  public var startBy: Int64
  /// Seconds that were left until then when the answer was written.
  public var startSeconds: Int
  /// Seconds after which the session must have been renewed, counted from its start.
  public var leaseSeconds: Int
  /// The next best: whom to prefer when the host cannot be reached.
  public var alternate: HostEndpoint?
  /// Whether the game stands ready there.
  public var isWarm: Bool
  /// What the indexer took from having read the order to having this answer.
  public var matchMicroseconds: Int

  public init(
    session: SessionID,
    game: String,
    host: HostEndpoint,
    ticket: String,
    startBy: Int64,
    startSeconds: Int,
    leaseSeconds: Int,
    alternate: HostEndpoint?,
    isWarm: Bool,
    matchMicroseconds: Int
  ) {
    self.session = session
    self.game = game
    self.host = host
    self.ticket = ticket
    self.startBy = startBy
    self.startSeconds = startSeconds
    self.leaseSeconds = leaseSeconds
    self.alternate = alternate
    self.isWarm = isWarm
    self.matchMicroseconds = matchMicroseconds
  }
}

extension SessionOffer {
  /// With less left than this, a player asks anew instead: the same request leads to the same seat, with more time.
  public static let leastRemaining: Duration = .seconds(2)

  /// Whether there is time enough to reach the host.
  ///
  /// Needs no clock that agrees with the indexer's: the answer was written after the request for it was sent.
  ///
  /// - Parameter age: since that request was sent.
  public func isUsable(age: Duration) -> Bool {
    .seconds(self.startSeconds) - age >= Self.leastRemaining
  }
}

/// 202: a place in the queue. Ask again with `POST /v1/queue`, which answers as soon as there is a seat.
public struct QueuePlace: Codable, Hashable, Sendable {
  /// Keeps the place, at any indexer.
  public var queueTicket: String
  /// 1 for the next.
  public var position: Int
  /// An honest estimate from how fast seats become free; `nil` while nothing has.
  public var estimateSeconds: Int?

  public init(queueTicket: String, position: Int, estimateSeconds: Int?) {
    self.queueTicket = queueTicket
    self.position = position
    self.estimateSeconds = estimateSeconds
  }
}

/// `POST /v1/queue`: waits up to 20 s for a seat, then answers 201 with a ``SessionOffer`` or 202 with a ``QueuePlace``.
public struct QueueOrder: Codable, Hashable, Sendable {
  public var queueTicket: String
  public var order: SessionOrder

  public init(queueTicket: String, order: SessionOrder) {
    self.queueTicket = queueTicket
    self.order = order
  }
}

/// `POST /v1/sessions/{session}/started`: how long the player waited, in microseconds from its request.
public struct SessionStart: Codable, Hashable, Sendable {
  public var ticketMicroseconds: Int
  public var firstPacketMicroseconds: Int
  public var firstFrameMicroseconds: Int

  public init(ticketMicroseconds: Int, firstPacketMicroseconds: Int, firstFrameMicroseconds: Int) {
    self.ticketMicroseconds = ticketMicroseconds
    self.firstPacketMicroseconds = firstPacketMicroseconds
    self.firstFrameMicroseconds = firstFrameMicroseconds
  }
}

/// The answer to `POST /v1/sessions/{session}/renew`.
public struct SessionRenewed: Codable, Hashable, Sendable {
  /// From now.
  public var leaseSeconds: Int

  public init(leaseSeconds: Int) {
    self.leaseSeconds = leaseSeconds
  }
}
