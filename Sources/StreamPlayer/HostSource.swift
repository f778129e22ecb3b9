public import MediaUnits
public import SessionProtocol

/// A host that a player may turn to, and what entitles it to be served there.
public struct HostOffer: Hashable, Sendable {
  public var address: HostAddress
  /// For this host alone, at most 512 bytes; empty for a host that asks for none.
  public var ticket: [UInt8]
  /// Whether the game stands ready there; `nil` where nobody says.
  public var isWarm: Bool?
  /// When the host was asked for; `nil` where nobody was asked.
  public var requestedAt: Instant?
  /// When the answer was there.
  public var answeredAt: Instant?

  public init(address: HostAddress, ticket: [UInt8] = [], isWarm: Bool? = nil) {
    precondition(ticket.count <= SessionRequest.maximumTicketByteCount, "a ticket has at most 512 bytes")
    self.address = address
    self.ticket = ticket
    self.isWarm = isWarm
  }
}

/// A host that does not serve the player, or no longer does.
public struct LostHost: Hashable, Sendable {
  public var address: HostAddress
  /// How it was lost: what the session's end would be if there were no other host.
  public var end: PlayerEnd
}

/// Where a player's hosts come from.
public protocol HostSource: Sendable {
  /// Whether there may be another host when one is lost. Without, a player waits longer for the one that it has.
  var hasAlternatives: Bool { get }

  /// Finds a host, which may take as long as a queue does. A cancelled task ends the search.
  ///
  /// - Parameter lost: `nil` for the session's first host.
  /// - Returns: `nil` if there is none.
  func nextHost(after lost: LostHost?) async throws -> HostOffer?

  /// The first picture has been decoded. Returns at once.
  func started(_ figures: StartFigures)
}

/// How long a player waited for the first picture, counted from its request.
public struct StartFigures: Hashable, Sendable {
  public var ticket: Duration
  public var firstPacket: Duration
  public var firstFrame: Duration
  /// Whether the game stood ready; `nil` where nobody says.
  public var isWarm: Bool?
}

/// The one host that a person named.
public struct NamedHost: HostSource {
  private let offer: HostOffer

  public init(_ offer: HostOffer) {
    self.offer = offer
  }

  public var hasAlternatives: Bool { false }

  public func nextHost(after lost: LostHost?) async -> HostOffer? {
    lost == nil ? self.offer : nil
  }

  public func started(_ figures: StartFigures) {}
}

extension HostAddress {
  /// Where the host is, without its key.
  var endpoint: String { self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)" }
}
