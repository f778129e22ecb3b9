/// What a flow put on the path in one or more runs, and what the path would have carried, in bytes on the wire.
public struct TrafficSummary: Hashable, Sendable {
  /// What the path could have carried in the time.
  public var offered = 0.0
  /// Of the flow, what came out of the path.
  public var delivered = 0.0
  /// Media sent for the first time.
  public var source = 0.0
  /// Retransmissions, parity, and padding of probes.
  public var repair = 0.0
  /// Bytes of pictures that were shown, without any header.
  public var shown = 0.0

  public init() {}

  public mutating func add(_ other: TrafficSummary) {
    self.offered += other.offered
    self.delivered += other.delivered
    self.source += other.source
    self.repair += other.repair
    self.shown += other.shown
  }

  /// Percentage of what the path offered that was delivered, headers, sound and repair included.
  public var use: Double { self.delivered * 100 / max(self.offered, 1) }
  /// Percentage of what the path offered that became pictures.
  public var pictures: Double { self.shown * 100 / max(self.offered, 1) }
  /// Percentage of the media sent that was sent on top of it.
  public var extra: Double { self.repair * 100 / max(self.source, 1) }
}
