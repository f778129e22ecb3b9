public import NetworkSimulator

/// What a ``TunnelEmulator`` stands between, and what it does to packets.
public struct TunnelConfiguration: Sendable {
  /// The network namespace of the players' end, made if there is none; see `NetworkNamespace.isName(_:)`.
  public var players: String
  /// That of the hosts' end; `nil` for the one that this process is in.
  public var hosts: String?
  /// From players to hosts.
  public var up: LinkConditions
  /// From hosts to players.
  public var down: LinkConditions
  /// How conditions change, from the first packet on.
  public var schedule: LinkSchedule
  /// Where all chance comes from.
  public var seed: UInt64

  public init(
    players: String,
    hosts: String? = nil,
    up: LinkConditions,
    down: LinkConditions,
    schedule: LinkSchedule = LinkSchedule(),
    seed: UInt64 = 1
  ) {
    self.players = players
    self.hosts = hosts
    self.up = up
    self.down = down
    self.schedule = schedule
    self.seed = seed
  }
}
