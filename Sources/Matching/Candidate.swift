public import IndexAPI

/// A host that would do, with all that the choice between several depends on.
public struct Candidate: Codable, Hashable, Sendable {
  public var host: HostID
  /// From landmark vectors, else from the distance; `nil` where neither is known.
  public var estimatedMicroseconds: Int?
  /// The median that the player measured.
  public var probedMicroseconds: Int?
  /// What the player measured; 0 if it did not.
  public var jitterMicroseconds: Int
  /// Millionths of a credit a minute.
  public var price: Int
  /// 0 ... 1.
  public var reputation: Double
  /// 0 ... 1.
  public var load: Double
  public var freeSeats: Int
  /// Whether a stage of the game stands ready.
  public var isWarm: Bool

  public init(
    host: HostID,
    estimatedMicroseconds: Int?,
    probedMicroseconds: Int? = nil,
    jitterMicroseconds: Int = 0,
    price: Int,
    reputation: Double,
    load: Double,
    freeSeats: Int,
    isWarm: Bool
  ) {
    self.host = host
    self.estimatedMicroseconds = estimatedMicroseconds
    self.probedMicroseconds = probedMicroseconds
    self.jitterMicroseconds = jitterMicroseconds
    self.price = price
    self.reputation = reputation
    self.load = load
    self.freeSeats = freeSeats
    self.isWarm = isWarm
  }

  /// Measured if possible, else estimated; `nil` if nothing is known.
  public var roundTripMicroseconds: Int? { self.probedMicroseconds ?? self.estimatedMicroseconds }
}
