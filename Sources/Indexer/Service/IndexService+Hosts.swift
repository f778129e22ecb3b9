import Foundation
import Identity
import IndexAPI
import MediaUnits
import Storage
import Synchronization

/// Hosts come, are listened to, and go.
extension IndexService {
  static let heartbeatSeconds = 5

  /// A host registers: from now on this indexer is its home.
  func register(_ registration: HostRegistration, host: HostID) async throws(Problem) -> HostRegistered {
    try registration.check()
    var registration = registration
    var names: Set<String> = []
    registration.games.removeAll { !names.insert($0.name).inserted }
    let known = self.state.withLock { $0.hosts[host]?.description.landmarks } ?? ""
    let description = HostDescription(registration: registration, landmarks: known)
    let record = try Self.record(of: description, host: host)
    guard try await self.commit(.register(record)) == .done else {
      throw Problem(.unavailable, "The store did not take the registration; ask again in a second.")
    }
    guard case .home(let epoch) = try await self.commit(.takeHome(host: host, indexer: self.name)) else {
      throw Problem(.unavailable, "The store did not take the registration; ask again in a second.")
    }
    self.welcome(host, description, epoch: epoch, state: try await self.storedState(of: host))
    self.serveWaiting()
    return HostRegistered(
      host: host,
      epoch: epoch,
      heartbeatSeconds: Self.heartbeatSeconds,
      indexers: self.indexerURLs(),
      keys: self.keyring.signedSet
    )
  }

  /// What the store keeps of a host's words.
  static func record(of description: HostDescription, host: HostID) throws(Problem) -> HostRecord {
    guard let body = try? JSONEncoder().encode(description) else {
      throw Problem(.badRequest, "The registration cannot be written as JSON.")
    }
    return HostRecord(id: host, seats: description.registration.seats, body: Array(body))
  }

  /// How the store has put a host that was just taken home: on standby, or silent until it has said what runs there.
  func storedState(of host: HostID) async throws(Problem) -> HostState {
    guard case .host(let row) = try await self.lookup(.host(host)) else {
      throw Problem(.unavailable, "The store does not know the host any more; register again in a second.")
    }
    return row.state
  }

  /// The host is at home here, with a new epoch: all seats offered, and heard just now.
  func welcome(_ host: HostID, _ description: HostDescription, epoch: Int, state hostState: HostState) {
    let now = self.clock.instant()
    self.state.withLock { state in
      let seats = description.registration.seats
      if state.hosts[host] == nil {
        state.add(
          KnownHost(
            id: host,
            description: description,
            state: hostState,
            offeredSeats: seats,
            seats: seats,
            home: self.name,
            epoch: epoch,
            lastHeard: now,
            lastDescribed: now
          )
        )
        return
      }
      state.withHost(host, isDescribed: true) { known in
        guard epoch >= known.epoch else { return }
        known.description = description
        (known.state, known.seats, known.offeredSeats) = (hostState, seats, seats)
        (known.home, known.epoch) = (self.name, epoch)
        (known.lastHeard, known.lastSequence, known.lastDescribed) = (now, 0, now)
        known.isHidden = false
      }
    }
  }

  /// Addresses of every live indexer, this one first.
  func indexerURLs() -> [String] {
    let now = self.clock.instant()
    let others = self.state.withLock { state in
      state.indexers.filter { $0.key != self.name && $0.value.aliveUntil > now }.map(\.value.url).sorted()
    }
    return [self.publicURL] + others
  }

  /// The owner of a host wants no new players on it, or takes that back.
  func drain(_ host: HostID, drains: Bool) async throws(Problem) {
    guard let known = self.state.withLock({ $0.hosts[host] }) else {
      throw Problem(.notFound, "No such host is registered.")
    }
    guard known.home == self.name else { throw Self.notHome }
    try await self.report(host, state: drains ? .draining : .standby, offeredSeats: known.offeredSeats)
    self.state.withLock { _ = $0.withHost(host) { $0.isDrained = drains } }
    self.serveWaiting()
  }

  static let notHome = Problem(.conflict, "This indexer is not the host's home, or no longer; register anew.")

  /// Writes what the home knows of its host to the store.
  func report(_ host: HostID, state: HostState, offeredSeats: Int) async throws(Problem) {
    guard let epoch = self.state.withLock({ $0.hosts[host]?.epoch }) else { return }
    let outcome = try await self.commit(
      .report(host: host, epoch: epoch, state: state, offeredSeats: offeredSeats)
    )
    switch outcome {
    case .refused(.staleEpoch):
      self.loseHome(host, epoch: epoch)
      throw Self.notHome
    case .refused:
      self.state.withLock { $0.removeHost(host) }
      throw Problem(.notFound, "No such host is registered.")
    default:
      self.state.withLock { memory in
        _ = memory.withHost(host) { known in
          guard known.epoch == epoch else { return }
          (known.state, known.offeredSeats) = (state, min(offeredSeats, known.seats))
          known.isHidden = false
        }
        if state == .offline { memory.endSessions(of: host, now: self.clock.instant()) }
      }
    }
  }

  /// Another indexer has become the host's home.
  private func loseHome(_ host: HostID, epoch: Int) {
    let stream = self.state.withLock { state in
      _ = state.withHost(host) { known in
        if known.epoch == epoch { known.home = "" }
      }
      return state.streams.removeValue(forKey: host)
    }
    stream?.finish()
  }

  /// Opens the stream of what a host is told; one that is open ends.
  func openStream(of host: HostID) throws(Problem) -> (stream: HostStream, messages: AsyncStream<HostMessage>) {
    var random = SystemRandomNumberGenerator()
    let (stream, messages) = HostStream.make(number: random.next())
    let isHome = self.state.withLock { state in
      guard state.hosts[host]?.home == self.name else { return false }
      state.streams.updateValue(stream, forKey: host)?.finish()
      return true
    }
    guard isHome else { throw Self.notHome }
    stream.send(.keys(self.keyring.signedSet))
    for session in self.state.withLock({ $0.closingSessions(of: host) }) { stream.send(.release(session)) }
    return (stream, messages)
  }

  /// The host's connection has ended.
  func closeStream(of host: HostID, number: UInt64) {
    self.state.withLock { state in
      if state.streams[host]?.number == number { state.streams.removeValue(forKey: host) }
    }
  }
}
