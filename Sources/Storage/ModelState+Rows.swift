public import IndexAPI
public import MediaUnits

extension ModelState {
  /// A session, with its lease's end on the store's clock.
  public struct Session: Hashable, Sendable {
    public var id: SessionID
    public var host: HostID
    public var player: PlayerID
    public var state: SessionRow.State
    /// When the lease is over; of an ended session, when it ended.
    public var end: Instant

    public init(id: SessionID, host: HostID, player: PlayerID, state: SessionRow.State, end: Instant) {
      self.id = id
      self.host = host
      self.player = player
      self.state = state
      self.end = end
    }

    public var isLive: Bool {
      if case .ended = self.state { false } else { true }
    }

    public func row(now: Instant) -> SessionRow {
      SessionRow(
        id: self.id,
        host: self.host,
        player: self.player,
        state: self.state,
        remaining: self.end - now
      )
    }
  }

  /// An indexer, with its lease's end on the store's clock.
  public struct Indexer: Hashable, Sendable {
    public var record: IndexerRecord
    public var end: Instant

    public init(record: IndexerRecord, end: Instant) {
      self.record = record
      self.end = end
    }

    public func row(now: Instant) -> IndexerRow {
      IndexerRow(record: self.record, remaining: self.end - now)
    }
  }
}
