public import IndexAPI

/// What the matcher knows of a host.
public struct HostFacts: Hashable, Sendable {
  /// A game that a host has.
  public struct Game: Hashable, Sendable {
    public var name: String
    /// Whether a stage stands ready.
    public var isWarm: Bool

    public init(name: String, isWarm: Bool) {
      self.name = name
      self.isWarm = isWarm
    }
  }

  public var id: HostID
  /// Whether it takes players at all: on standby and heard.
  public var isMatchable: Bool
  /// Sessions that the host gives its word for, 0 ... 255.
  public var seats: Int
  /// Sessions reserved or running, 0 ... 255.
  public var usedSeats: Int
  public var performanceClass: PerformanceClass
  /// Millionths of a credit a minute, 0 ... 4,294,967,295.
  public var price: Int
  public var place: Place?
  public var landmarks: LandmarkVector?
  public var games: [Game]
  /// 0 ... 1, in steps of 1/255.
  public var load: Double
  /// Which network it is in, such as a hash of its IPv4 /24 or IPv6 /48; 0 if unknown.
  public var network: UInt32
  /// 0 ... 1, in steps of 1/255.
  public var reputation: Double

  public init(
    id: HostID,
    isMatchable: Bool = true,
    seats: Int,
    usedSeats: Int = 0,
    performanceClass: PerformanceClass = .basic,
    price: Int = 0,
    place: Place? = nil,
    landmarks: LandmarkVector? = nil,
    games: [Game],
    load: Double = 0,
    network: UInt32 = 0,
    reputation: Double = 1
  ) {
    self.id = id
    self.isMatchable = isMatchable
    self.seats = seats
    self.usedSeats = usedSeats
    self.performanceClass = performanceClass
    self.price = price
    self.place = place
    self.landmarks = landmarks
    self.games = games
    self.load = load
    self.network = network
    self.reputation = reputation
  }
}
