import Foundation
import Identity
import IndexAPI
import IndexClient
import Indexer
import Logging
import MediaUnits
import Storage
import Synchronization

/// An indexer on a port of its own, for as long as a test takes.
struct TestIndexer: Sendable {
  let server: IndexerServer
  let url: String
  let identity: IdentityKey

  var service: IndexService { self.server.service }

  static func logger() -> Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .error
    return logger
  }

  static func store() -> ModelStore {
    ModelStore(now: IndexClock.system.instant, clock: ContinuousClock())
  }

  /// Runs `body` beside an indexer.
  static func run<Value: Sendable>(
    name: String = "one",
    store: any NetworkStore = Self.store(),
    limits: IndexerLimits = Self.limits,
    _ body: @Sendable (TestIndexer) async throws -> Value
  ) async throws -> Value {
    let identity = IdentityKey()
    let configuration = IndexerConfiguration(
      name: name,
      identity: identity,
      database: .directory("unused"),
      limits: limits
    )
    let server = IndexerServer(configuration: configuration, store: store, logger: Self.logger())
    let (urls, continuation) = AsyncStream.makeStream(of: String.self)
    let running = Task {
      defer { continuation.finish() }
      try await server.run { url in continuation.yield(url) }
    }
    defer { running.cancel() }
    guard let url = await urls.first(where: { _ in true }) else {
      try await running.value
      throw CancellationError()
    }
    return try await body(TestIndexer(server: server, url: url, identity: identity))
  }

  static var limits: IndexerLimits {
    var limits = IndexerLimits()
    (limits.requestsPerSecondOfKey, limits.requestBurstOfKey) = (10_000, 10_000)
    return limits
  }

  /// Runs `body` with a client that is shut down afterwards.
  func client<Value: Sendable>(
    _ identity: IdentityKey = IdentityKey(),
    _ body: @Sendable (IndexClient) async throws -> Value
  ) async throws -> Value {
    let client = try IndexClient(indexers: [self.url + "#" + self.identity.publicKey.base64URL], identity: identity)
    do {
      let value = try await body(client)
      await client.shutdown()
      return value
    } catch {
      await client.shutdown()
      throw error
    }
  }
}

extension HostRegistration {
  static func sample(seats: Int = 2, game: String = "freedoom", port: Int = 7_777) -> Self {
    Self(
      endpoint: "127.0.0.1:\(port)",
      transportKey: String(decoding: Base64URL.encode([UInt8](repeating: 7, count: 32)), as: UTF8.self),
      games: [GameOffer(name: game, title: "Freedoom", picture: "1280x720", maximumRate: 60, warm: 1)],
      capability: HostCapability(gpu: nil, encoders: [], cores: 2, memoryMegabytes: 4_096, performanceClass: .hd),
      seats: seats,
      place: Place(latitude: 50, longitude: 8)
    )
  }
}

extension SessionOrder {
  static func sample(game: String = "freedoom", waits: Bool = false, request: RequestID = .fresh()) -> Self {
    Self(
      request: request,
      game: game,
      transportKey: String(decoding: Base64URL.encode([UInt8](repeating: 9, count: 32)), as: UTF8.self),
      waits: waits
    )
  }
}

extension RequestID {
  static func fresh() -> Self {
    var random = SystemRandomNumberGenerator()
    return .random(using: &random)
  }
}

extension IndexClient {
  /// The offer that an order must lead to.
  func offer(_ order: SessionOrder) async throws -> SessionOffer {
    guard case .offer(let offer) = try await self.order(order) else { throw CancellationError() }
    return offer
  }

  /// The problem that an order must lead to.
  func problem(_ order: SessionOrder) async throws -> Problem? {
    do {
      _ = try await self.order(order)
      return nil
    } catch let problem as Problem {
      return problem
    }
  }
}
