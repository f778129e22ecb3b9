import Identity
import IndexAPI
import IndexClient
import LoadTest
import Logging
import PlayerAgent
import SessionProtocol
import Synchronization

/// The seats that indexers find for the players of a load test, each with an identity of its own.
final class IndexedSeats: SeatSource {
  private let game: String
  private let picture: String
  private let network: IndexerOptions
  private let wishes: WishOptions
  private let logger: Logger
  private let players = Mutex<[(client: IndexClient, agent: PlayerAgent)]>([])

  init(game: String, picture: String, network: IndexerOptions, wishes: WishOptions, logger: Logger) {
    self.game = game
    self.picture = picture
    self.network = network
    self.wishes = wishes
    self.logger = logger
  }

  func seat(for player: Int, key: PublicKey) async throws -> LoadSeat {
    let client = try self.network.client(identity: IdentityKey())
    var wish = GameWish(game: self.game, transportKey: key.base64URL)
    wish.picture = self.picture
    self.wishes.apply(to: &wish)
    let agent = PlayerAgent(client: client, wish: wish, cache: nil, logger: self.logger, onProgress: { _ in })
    self.players.withLock { $0.append((client, agent)) }
    let offer = try await agent.order().offer
    guard let address = try? HostAddress(parsing: "martlet://\(offer.host.endpoint)#\(offer.host.transportKey)"),
      offer.ticket.utf8.count <= SessionRequest.maximumTicketByteCount
    else { throw IndexedHosts.UnusableOffer(endpoint: offer.host.endpoint) }
    return LoadSeat(address: address, ticket: Array(offer.ticket.utf8))
  }

  /// Gives all seats back and closes the connections.
  func end() {
    let players = self.players.withLock { $0 }
    try? Blocking.run {
      await withTaskGroup(of: Void.self) { group in
        for (client, agent) in players {
          group.addTask {
            await agent.end()
            await client.shutdown()
          }
        }
      }
    }
  }
}
