public import IndexAPI

/// What a player asks the network for.
public struct GameWish: Hashable, Sendable {
  public var game: String
  /// The player's X25519 key, 43 characters of base64url.
  public var transportKey: String
  /// Such as `1280x720`; `nil` for the game's own.
  public var picture: String?
  public var minimumClass: PerformanceClass?
  /// Millionths of a credit a minute; `nil` for no limit.
  public var maximumPrice: Int?
  /// Hosts that the player will not have.
  public var avoid: [HostID] = []
  public var place: Place?
  /// Whether to wait in the queue when nothing is free.
  public var waits = true

  public init(game: String, transportKey: String) {
    self.game = game
    self.transportKey = transportKey
  }
}

/// A seat on a host, and how it was come by.
public struct GrantedSeat: Hashable, Sendable {
  public var offer: SessionOffer
  /// `nil` where probing was skipped because the player knew where it stands.
  public var probes: [SessionOrder.Probe]?
  /// Whether the player had to wait in the queue.
  public var wasQueued: Bool
}

/// No host offers the game.
public struct NoSuchGame: Error, Hashable, Sendable, CustomStringConvertible {
  public var game: String
  /// The games that there are.
  public var known: [String]

  public var description: String {
    let list = self.known.isEmpty ? "no host offers any now" : "there are " + self.known.joined(separator: ", ")
    return "no host offers \(self.game); \(list)"
  }
}
