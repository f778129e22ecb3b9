public import IndexAPI

/// What a player wants of a host, as far as choosing one goes.
public struct MatchRequest: Codable, Hashable, Sendable {
  public var game: String
  /// The least that will do.
  public var minimumClass: PerformanceClass
  /// Millionths of a credit a minute; `nil` for no limit.
  public var maximumPrice: Int?
  /// 0 ... 1.
  public var minimumReputation: Double
  /// Hosts that the player will not have, at most 32.
  public var avoid: [HostID]
  public var place: Place?
  /// ``LandmarkVector`` text; one that cannot be read counts as none.
  public var landmarks: String?
  /// How long the player has waited; the longer, the farther a host may be.
  public var waitedMilliseconds: Int

  public init(
    game: String,
    minimumClass: PerformanceClass = .basic,
    maximumPrice: Int? = nil,
    minimumReputation: Double = 0,
    avoid: [HostID] = [],
    place: Place? = nil,
    landmarks: String? = nil,
    waitedMilliseconds: Int = 0
  ) {
    self.game = game
    self.minimumClass = minimumClass
    self.maximumPrice = maximumPrice
    self.minimumReputation = minimumReputation
    self.avoid = avoid
    self.place = place
    self.landmarks = landmarks
    self.waitedMilliseconds = waitedMilliseconds
  }
}
