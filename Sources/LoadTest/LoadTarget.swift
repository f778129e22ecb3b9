public import SessionProtocol

/// Where players go.
public enum LoadTarget: Sendable {
  /// All to one host.
  case host(HostAddress)
  /// Each to where it is sent, with a ticket.
  case seats(any SeatSource)
}

/// A seat that a player was given on a host.
public struct LoadSeat: Sendable {
  public var address: HostAddress
  /// What entitles the player to it; empty where nothing is asked for.
  public var ticket: [UInt8]

  public init(address: HostAddress, ticket: [UInt8] = []) {
    self.address = address
    self.ticket = ticket
  }
}

/// Gives players seats, as an indexer does.
public protocol SeatSource: Sendable {
  /// Finds a seat, which may take as long as a queue does. A cancelled task ends the search.
  ///
  /// - Parameters:
  ///   - player: its number, from 0.
  ///   - key: what the player will prove to the host.
  func seat(for player: Int, key: PublicKey) async throws -> LoadSeat
}
