import DatagramIO
import IndexAPI
import IndexClient
import Logging
import MediaUnits
import PlayerAgent
import SessionProtocol
import StreamPlayer

/// The hosts that an indexer finds for a game.
struct IndexedHosts: HostSource {
  /// What an indexer said of a host does not make an address.
  struct UnusableOffer: Error, CustomStringConvertible {
    let endpoint: String
    var description: String { "the indexer named a host at \(self.endpoint), which is no address" }
  }

  let client: IndexClient
  let agent: PlayerAgent
  private let connection: Task<Void, Never>

  init(
    client: IndexClient,
    wish: GameWish,
    logger: Logger,
    cache: LandmarkCache?,
    onProgress: @escaping @Sendable (PlayerAgent.Progress) -> Void
  ) {
    let agent = PlayerAgent(client: client, wish: wish, cache: cache, logger: logger, onProgress: onProgress)
    self.client = client
    self.agent = agent
    // While the outputs are opened.
    self.connection = Task { await agent.connect() }
  }

  var hasAlternatives: Bool { true }

  func nextHost(after lost: LostHost?) async throws -> HostOffer? {
    await self.connection.value
    let requestedAt = Instant.now
    let seat = try await self.agent.order(after: lost?.address.key.base64URL)
    let endpoint = seat.offer.host
    guard let address = try? HostAddress(parsing: "martlet://\(endpoint.endpoint)#\(endpoint.transportKey)"),
      seat.offer.ticket.utf8.count <= SessionRequest.maximumTicketByteCount
    else { throw UnusableOffer(endpoint: endpoint.endpoint) }
    var offer = HostOffer(address: address, ticket: Array(seat.offer.ticket.utf8), isWarm: seat.offer.isWarm)
    offer.requestedAt = requestedAt
    offer.answeredAt = .now
    return offer
  }

  func started(_ figures: StartFigures) {
    self.agent.started(
      SessionStart(
        ticketMicroseconds: Int(figures.ticket.wholeNanoseconds / 1000),
        firstPacketMicroseconds: Int(figures.firstPacket.wholeNanoseconds / 1000),
        firstFrameMicroseconds: Int(figures.firstFrame.wholeNanoseconds / 1000)
      )
    )
  }

  /// Gives the seat back and closes the connections.
  func end() {
    try? Blocking.run { [agent, client] in
      await agent.end()
      await client.shutdown()
    }
  }
}
