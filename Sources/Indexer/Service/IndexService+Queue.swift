import Identity
import IndexAPI
import Logging
import Matching
import MediaUnits
import ServiceLifecycle
import Synchronization

/// Waiting for a seat.
extension IndexService {
  /// How long a request to the queue waits for a seat.
  static let pollDuration: Duration = .seconds(20)
  /// Seats given to waiting players in one go.
  private static let serveCount = 64

  /// Puts an order into the queue, or finds its place.
  func enqueue(_ entry: WaitingQueue.Entry, _ order: SessionOrder) throws(Problem) -> QueuePlace {
    let now = self.clock.instant()
    let isIn = self.state.withLock { $0.waiting.enqueue(entry, order, now: now) }
    guard isIn else {
      throw self.refused(
        Problem(.queueFull, "\(self.limits.queueCount) players wait already; try again in a minute.")
      )
    }
    return self.place(of: entry)
  }

  private func place(of entry: WaitingQueue.Entry) -> QueuePlace {
    let ticket = QueueTicket(
      player: entry.player,
      request: entry.request,
      game: entry.game,
      enqueued: entry.enqueued,
      isResumption: entry.isResumption
    )
    let now = self.clock.instant()
    let (position, estimate) = self.state.withLock { $0.waiting.place(of: entry.request, now: now) }
    return QueuePlace(
      queueTicket: String(decoding: ticket.signed(by: self.keyring.current), as: UTF8.self),
      position: position,
      // Rounded up: nobody is told that it takes no time.
      estimateSeconds: estimate.map { Int(min(86_400, $0.components.seconds + 1)) }
    )
  }

  /// Waits for a seat.
  func wait(_ order: QueueOrder, player: PlayerID) async throws(Problem) -> OrderAnswer {
    try order.order.check()
    let began = self.clock.instant()
    let ticket = try self.queueTicket(order, player: player)
    let session = Self.session(of: ticket.request, player: player)
    if let offer = try await self.repeated(session, order.order, player: player, began: began) { return .offer(offer) }
    let entry = WaitingQueue.Entry(
      player: player,
      request: ticket.request,
      game: ticket.game,
      minimumClass: order.order.minimumClass ?? .basic,
      enqueued: ticket.enqueued,
      isResumption: ticket.isResumption
    )
    _ = try self.enqueue(entry, order.order)
    let (answers, continuation) = AsyncStream.makeStream(of: Result<SessionOffer, Problem>.self)
    let number = self.state.withLock { state in
      state.waiting.openPoll(entry.request, answer: continuation, now: self.clock.instant())
    }
    self.serveWaiting()
    do throws(Problem) {
      // Served between the first look and the opening of the poll, it would wait for an answer that has been given.
      if let offer = try await self.repeated(session, order.order, player: player, began: began) {
        _ = self.state.withLock { $0.waiting.remove(entry.request) }
        return .offer(offer)
      }
    } catch {
      self.closePoll(of: entry, number)
      throw error
    }
    let timer = Task {
      try? await Task.sleep(for: Self.pollDuration)
      continuation.finish()
    }
    defer { timer.cancel() }
    let answer = await withGracefulShutdownHandler {
      await answers.first { _ in true }
    } onGracefulShutdown: {
      continuation.finish()
    }
    if let answer { return .offer(try answer.get()) }
    self.closePoll(of: entry, number)
    // The answer may have come at the last moment.
    if let offer = try await self.repeated(session, order.order, player: player, began: began) { return .offer(offer) }
    return .queued(self.place(of: entry))
  }

  private func closePoll(of entry: WaitingQueue.Entry, _ number: UInt64?) {
    guard let number else { return }
    self.state.withLock { $0.waiting.closePoll(entry.request, number: number, now: self.clock.instant()) }
  }

  /// A player waits no longer. A seat that was given to it at the same moment is given up.
  func leaveQueue(_ request: RequestID, player: PlayerID) async throws(Problem) {
    let session = Self.session(of: request, player: player)
    let (waiter, isReserved) = self.state.withLock { state in
      let waiter = state.waiting.waiters[request].flatMap { $0.entry.player == player ? $0 : nil }
      if waiter != nil { _ = state.waiting.remove(request) }
      return (waiter, state.sessions[session].map { $0.player == player && !$0.isRunning } ?? false)
    }
    waiter?.poll?.answer.finish()
    if isReserved { return try await self.close(session) }
    guard waiter != nil else { throw Problem(.notFound, "Nobody waits here with that request of yours.") }
  }

  private func queueTicket(_ order: QueueOrder, player: PlayerID) throws(Problem) -> QueueTicket {
    let ticket: QueueTicket
    do throws(TicketError) {
      ticket = try QueueTicket(
        verifying: Array(order.queueTicket.utf8),
        keys: self.keyring.set,
        now: self.clock.unixSeconds
      )
    } catch {
      throw Problem(.badTicket, "The queue ticket does not hold (\(error)); ask for a session anew.")
    }
    guard ticket.player == player, ticket.request == order.order.request, ticket.game == order.order.game else {
      throw Problem(.badTicket, "The queue ticket is for another player, request or game.")
    }
    return ticket
  }

  /// Gives seats that are free to those who wait for them.
  func serveWaiting() {
    for _ in 0..<Self.serveCount {
      let served = self.state.withLock { state -> (WaitingRoom.Waiter, Claim)? in
        guard state.waiting.count > 0, state.matcher.freeSeats > 0 else { return nil }
        return Self.serveNext(
          now: self.clock.instant(),
          unixMilliseconds: self.clock.unixMilliseconds(),
          in: &state
        )
      }
      guard let (waiter, claim) = served else { return }
      Task { await self.serve(waiter, claim) }
    }
  }

  /// Takes out the first whom a free seat suits, and takes the seat in memory.
  private static func serveNext(
    now: Instant,
    unixMilliseconds: Int64,
    in state: inout ServiceState
  ) -> (WaitingRoom.Waiter, Claim)? {
    var passedOver: [WaitingRoom.Waiter] = []
    defer { for waiter in passedOver { state.waiting.putBack(waiter, now: now) } }
    while passedOver.count < WaitingRoom.passedOverCount, let waiter = state.waiting.next(state.matcher, now: now) {
      let claim = Self.claim(
        waiter.order,
        waitedMilliseconds: Int(max(0, min(unixMilliseconds - waiter.entry.enqueued, Self.longestWait))),
        seed: waiter.entry.request.low,
        in: &state
      )
      if let claim { return (waiter, claim) }
      passedOver.append(waiter)
    }
    return nil
  }

  private func serve(_ waiter: WaitingRoom.Waiter, _ claim: Claim) async {
    let session = Self.session(of: waiter.entry.request, player: waiter.entry.player)
    let began = self.clock.instant()
    let offer: SessionOffer?
    do throws(Problem) {
      offer = try await self.reserve(
        claim,
        waiter.order,
        player: waiter.entry.player,
        session: session,
        began: began
      )
    } catch {
      self.logger.debug("a waiting player was not served: \(error.detail)")
      // Told now, or, where no request is open, when the player's next one meets the same problem.
      if error.status != ProblemKind.unavailable.status {
        let waiter = self.state.withLock { $0.waiting.remove(waiter.entry.request) }
        waiter?.poll?.answer.yield(.failure(error))
        waiter?.poll?.answer.finish()
        return
      }
      offer = nil
    }
    guard let offer else {
      let now = self.clock.instant()
      self.state.withLock { $0.waiting.putBack(waiter, now: now) }
      return
    }
    // The poll that is open now, which need not be the one that was open before.
    let current = self.state.withLock { $0.waiting.remove(waiter.entry.request) }
    current?.poll?.answer.yield(.success(offer))
    current?.poll?.answer.finish()
  }
}
