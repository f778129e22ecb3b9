public import MediaUnits
public import NetworkSimulator

/// What a ``LinkEmulator`` has done so far, over all clients, those that it has forgotten included.
public struct LinkReport: Hashable, Sendable {
  /// From clients to the target.
  public var up = LinkStatistics()
  /// From the target to clients.
  public var down = LinkStatistics()
  /// Clients that are served now.
  public var clientCount = 0
  /// Clients that were served at any time.
  public var totalClientCount = 0
  /// When the first client's first datagram came, from which its traces and outages count; `nil` before.
  public var firstClientAt: Instant?
  /// Datagrams that were not taken because there were too many clients or no socket for another.
  public var refused = 0

  public init() {}
}
