public import IndexAPI
public import MediaUnits

/// A session that an indexer has given a ticket for, and that is about to ask.
public struct SessionPreparation: Hashable, Sendable {
  public var session: SessionID
  /// The picture that it will ask for; `nil` for the game's own.
  public var picture: PictureSize?
  /// Seconds since 1970; after that nobody comes any more.
  public var startBy: Int64

  public init(session: SessionID, picture: PictureSize?, startBy: Int64) {
    self.session = session
    self.picture = picture
    self.startBy = startBy
  }
}
