import Foundation
import Identity
import IndexAPI
import MediaUnits
import Storage
import Synchronization

@testable import Indexer

/// Indexers without HTTP, on one store and one clock that stands still until it is told.
final class Network: Sendable {
  private let time = Mutex(Instant(nanoseconds: 1_000_000_000_000))
  private let start: Int64 = 1_800_000_000_000
  let store: ModelStore

  init() {
    let time = TimeReader()
    self.store = ModelStore(now: { time.now }, clock: ContinuousClock())
    time.network.withLock { $0 = WeakNetwork(self) }
  }

  var now: Instant { self.time.withLock { $0 } }

  var clock: IndexClock {
    IndexClock(
      instant: { self.now },
      unixMilliseconds: { self.start + (self.now.nanoseconds - 1_000_000_000_000) / 1_000_000 }
    )
  }

  func advance(_ duration: Duration) {
    self.time.withLock { $0 += duration }
  }

  func indexer(_ name: String = "one", limits: IndexerLimits = IndexerLimits()) async throws -> IndexService {
    let service = IndexService(
      name: name,
      identity: IdentityKey(),
      store: self.store,
      url: "http://\(name)",
      limits: limits,
      clock: self.clock,
      runsUpkeep: false,
      logger: TestIndexer.logger()
    )
    try await service.announce()
    try await service.prepare()
    return service
  }
}

/// Lets the store read the clock of the network that it belongs to.
private final class TimeReader: Sendable {
  let network = Mutex(WeakNetwork(nil))

  var now: Instant { self.network.withLock { $0.network?.now } ?? .zero }
}

private struct WeakNetwork: Sendable {
  weak let network: Network?

  init(_ network: Network?) {
    self.network = network
  }
}

extension Heartbeat {
  static func sample(
    _ registered: HostRegistered,
    _ sequence: UInt64,
    free: Int = 2,
    state: HostState = .standby,
    sessions: [SessionID] = []
  ) -> Self {
    Self(
      epoch: registered.epoch,
      sequence: sequence,
      state: state,
      freeSeats: free,
      encoderLoad: 0.1,
      games: [],
      sessions: sessions
    )
  }
}

extension IndexService {
  func register(_ registration: HostRegistration = .sample()) async throws -> HostRegistered {
    try await self.register(registration, host: IdentityKey().publicKey.hostID)
  }

  /// The offer that an order must lead to.
  func offer(_ order: SessionOrder = .sample(), player: PlayerID = .fresh()) async throws -> SessionOffer {
    guard case .offer(let offer) = try await self.order(order, player: player) else { throw CancellationError() }
    return offer
  }

  /// Its host says that a session has ended: with whom it runs no longer, the seat is free.
  func hostEnds(_ session: SessionID) async throws {
    let found = self.state.withLock { state in state.sessions[session].flatMap { state.hosts[$0.host] } }
    guard let host = found else { throw CancellationError() }
    let heartbeat = Heartbeat(
      epoch: host.epoch,
      sequence: host.lastSequence + 1,
      state: .standby,
      freeSeats: host.seats,
      encoderLoad: 0,
      games: [],
      sessions: [],
      ended: [Heartbeat.Ended(session: session, reason: "the player left")]
    )
    try await self.heartbeat(heartbeat, host: host.id)
  }

  /// The last part of the problem's type that an order leads to; `nil` for an answer.
  func problem(_ order: SessionOrder = .sample(), player: PlayerID = .fresh()) async -> String? {
    do throws(Problem) {
      _ = try await self.order(order, player: player)
      return nil
    } catch {
      return error.name
    }
  }
}

extension PlayerID {
  static func fresh() -> Self {
    IdentityKey().publicKey.playerID
  }
}
