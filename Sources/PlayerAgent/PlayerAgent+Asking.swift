import DatagramIO
import IndexAPI
import IndexClient
import Logging
import Matching
import MediaUnits
import Synchronization

/// What a player asks indexers, and when it asks again.
extension PlayerAgent {
  /// Answers that come too late, or of another time, before what comes is taken as it is.
  private static let retryCount = 4
  private static let spentRequest = "urn:martlet:problem:conflict"

  /// Asks until there is a seat that can still be reached, and waits in the queue where it must.
  ///
  /// An answer may have been held up, by an indexer that was stopped or by a network, until there is no time left to use
  /// its ticket. The same request is then asked again: it leads to the same seat, with more time. Where the seat is gone
  /// by then, another request asks for another.
  ///
  /// - Parameter makeOrder: makes the order of the request under way.
  func offer(
    resuming session: SessionID?,
    _ makeOrder: () -> SessionOrder
  ) async throws -> (offer: SessionOffer, wasQueued: Bool) {
    var (order, place) = (makeOrder(), QueuePlace?.none)
    var (wasQueued, retries) = (false, 0)
    while true {
      let asked = Instant.now
      let answer: Answer
      do {
        answer =
          if let place {
            try await self.client.queue(QueueOrder(queueTicket: place.queueTicket, order: order))
          } else {
            try await self.ask(order, resuming: session)
          }
      } catch let problem as Problem where problem.type == Self.spentRequest && retries < Self.retryCount {
        self.logger.debug("the seat of this request is gone: \(problem.detail)")
        retries += 1
        self.state.withLock { ($0.request, $0.isQueued) = (nil, false) }
        (order, place) = (makeOrder(), nil)
        continue
      }
      switch answer {
      case .queued(let next):
        (place, wasQueued) = (next, true)
        self.state.withLock { $0.isQueued = true }
        self.onProgress(.queued(next))
        try Task.checkCancellation()
      case .offer(let offer):
        if offer.isUsable(age: .now - asked) || retries >= Self.retryCount { return (offer, wasQueued) }
        self.logger.debug("the answer came too late to be used; asking again")
        retries += 1
        place = nil
      }
    }
  }

  func probeShortlist(landmarks: String?) async throws -> [SessionOrder.Probe] {
    let list = try await self.client.hosts(
      game: self.wish.game,
      place: self.wish.place,
      landmarks: landmarks,
      limit: Self.shortlistCount
    )
    let hosts = list.hosts.map(\.endpoint).filter { !self.wish.avoid.contains($0.host) }
    guard !hosts.isEmpty else { return [] }
    self.onProgress(.probing(hostCount: hosts.count))
    let probes = await HostProbing.measure(hosts, limit: Self.probeLimit)
    self.state.withLock { $0.probes = probes }
    return probes
  }

  /// What to throw for an indexer's refusal: one that knows of no such game can say which there are.
  private func explained(_ problem: Problem) async -> any Error {
    guard problem.status == 404, let known = try? await self.client.games().games.map(\.name),
      !known.contains(self.wish.game)
    else { return problem }
    return NoSuchGame(game: self.wish.game, known: known)
  }

  func makeOrder(landmarks: String?, probes: [SessionOrder.Probe]) -> SessionOrder {
    let now = Instant.now
    return self.state.withLock { state in
      var generator = SystemRandomNumberGenerator()
      let request = state.request ?? .random(using: &generator)
      state.request = request
      state.lost.removeAll { now - $0.at > Self.avoidance }
      let avoid = self.wish.avoid + state.lost.map(\.host)
      return SessionOrder(
        request: request,
        game: self.wish.game,
        transportKey: self.wish.transportKey,
        picture: self.wish.picture,
        minimumClass: self.wish.minimumClass,
        maximumPrice: self.wish.maximumPrice,
        avoid: Array(avoid.suffix(32)),
        place: self.wish.place,
        landmarks: landmarks,
        probes: probes.filter { !avoid.contains($0.host) },
        waits: self.wish.waits
      )
    }
  }

  private func ask(_ order: SessionOrder, resuming session: SessionID?) async throws -> Answer {
    do {
      guard let session else { return try await self.client.order(order) }
      do {
        return try await self.client.resume(session, order)
      } catch let problem as Problem where problem.status == 404 || problem.status == 409 {
        // The session has ended there already: what is asked for is a new one.
        return try await self.client.order(order)
      }
    } catch let problem as Problem {
      // Refused: the next order is another one.
      self.state.withLock { $0.request = nil }
      throw session == nil ? await self.explained(problem) : problem
    }
  }

  func forget(hostWithKey key: String) {
    self.state.withLock { state in
      guard let endpoint = state.endpoints.last(where: { $0.transportKey == key }) else { return }
      state.lost.removeAll { $0.host == endpoint.host }
      state.lost.append((endpoint.host, .now))
    }
  }
}
