import Dispatch
import Foundation
import GameStage
import HostAgent
import IndexAPI
import IndexClient
import Identity
import Logging
import SessionProtocol
import StreamHost

/// A host's place in the network, from its start to its goodbye.
final class HostNetwork: Sendable {
  private let client: IndexClient
  private let agent: HostAgent
  private let running: Task<Void, Never>

  /// Registers a server that has started, and keeps it registered.
  ///
  /// - Parameter onFailure: called from any thread, once, when there is no place for this host until its owner corrects
  ///   something.
  init(
    _ options: HostNetworkOptions,
    server: HostServer,
    game: GameFile,
    address: HostAddress,
    seats: Int,
    capability: HostCapability,
    identity: IdentityKey,
    logger: Logger,
    onFailure: @escaping @Sendable (IndexClientError) -> Void
  ) throws {
    let picture = game.picture
    let registration = HostRegistration(
      endpoint: address.host.contains(":") ? "[\(address.host)]:\(address.port)" : "\(address.host):\(address.port)",
      transportKey: server.publicKey.base64URL,
      games: [
        GameOffer(
          name: game.name,
          title: Self.title(of: game),
          picture: "\(picture.defaultSize)",
          maximumRate: picture.maximumRate,
          warm: 0
        )
      ],
      capability: capability,
      seats: seats,
      region: options.region,
      place: options.place,
      price: Int((options.price * 1e6).rounded())
    )
    do {
      self.client = try IndexClient(indexers: options.indexer, identity: identity, trustRoots: options.trust)
    } catch {
      throw CommandFailure(network: error)
    }
    let agent = HostAgent(
      host: identity.publicKey.hostID,
      machine: HostMachine(server: server),
      client: self.client,
      configuration: HostAgent.Configuration(registration: registration),
      logger: logger
    )
    self.agent = agent
    self.running = Task {
      do throws(IndexClientError) {
        try await agent.run()
      } catch {
        onFailure(error)
      }
    }
  }

  /// Says goodbye, after the server has stopped; blocks the calling thread, for some seconds at most.
  func leave() {
    let done = DispatchSemaphore(value: 0)
    Task {
      self.running.cancel()
      await self.running.value
      await self.agent.leave()
      await self.client.shutdown()
      done.signal()
    }
    done.wait()
  }

  /// The title within the 64 bytes that the network has for it.
  private static func title(of game: GameFile) -> String {
    var title = game.title
    while title.utf8.count > 64 { title.removeLast() }
    return title
  }
}
