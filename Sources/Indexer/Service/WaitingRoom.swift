import IndexAPI
import Matching
import MediaUnits

/// Players who wait for a seat: the queue, what each of them asked for, and the open requests that wait for the answer.
struct WaitingRoom {
  struct Waiter {
    var entry: WaitingQueue.Entry
    var order: SessionOrder
    var lastHeard: Instant
    var poll: Poll?
  }

  /// One long poll.
  struct Poll {
    let number: UInt64
    let answer: AsyncStream<Result<SessionOffer, Problem>>.Continuation
  }

  /// Who has not asked for this long has given up.
  static let patience: Duration = .seconds(30)
  /// Waiting players whom a free seat does not suit, passed over at most in one go.
  static let passedOverCount = 16

  private var queue: WaitingQueue
  private(set) var waiters: [RequestID: Waiter] = [:]
  private var pollCount: UInt64 = 0

  init(capacity: Int) {
    self.queue = WaitingQueue(capacity: capacity)
  }

  var count: Int { self.queue.count }

  /// - Returns: `false` if the queue is full.
  mutating func enqueue(_ entry: WaitingQueue.Entry, _ order: SessionOrder, now: Instant) -> Bool {
    guard self.queue.enqueue(entry, now: now) else { return false }
    var waiter = self.waiters[entry.request] ?? Waiter(entry: entry, order: order, lastHeard: now)
    waiter.lastHeard = now
    self.waiters[entry.request] = waiter
    return true
  }

  /// Takes out the first for whom there seems to be a seat.
  mutating func next(_ matcher: Matcher, now: Instant) -> Waiter? {
    let entry = self.queue.next(now: now) { game, minimumClass in
      !matcher.shortlist(for: MatchRequest(game: game, minimumClass: minimumClass), limit: 1).isEmpty
    }
    return entry.flatMap { self.waiters[$0.request] }
  }

  /// The seat that somebody was taken out for came to nothing: back to the same place.
  mutating func putBack(_ waiter: Waiter, now: Instant) {
    _ = self.queue.enqueue(waiter.entry, now: now)
  }

  /// Somebody is served, or has given up.
  mutating func remove(_ request: RequestID) -> Waiter? {
    self.queue.abandon(request)
    return self.waiters.removeValue(forKey: request)
  }

  mutating func removeUnheard(now: Instant) {
    for (request, waiter) in self.waiters where waiter.poll == nil && waiter.lastHeard + Self.patience < now {
      _ = self.remove(request)
    }
    self.queue.forgetRates(before: now - .seconds(3_600))
  }

  /// Opens a long poll; one that is open for the same request ends.
  mutating func openPoll(
    _ request: RequestID,
    answer: AsyncStream<Result<SessionOffer, Problem>>.Continuation,
    now: Instant
  ) -> UInt64? {
    guard self.waiters[request] != nil else { return nil }
    self.pollCount += 1
    self.waiters[request]?.poll?.answer.finish()
    self.waiters[request]?.poll = Poll(number: self.pollCount, answer: answer)
    self.waiters[request]?.lastHeard = now
    return self.pollCount
  }

  mutating func closePoll(_ request: RequestID, number: UInt64, now: Instant) {
    guard self.waiters[request]?.poll?.number == number else { return }
    self.waiters[request]?.poll = nil
    self.waiters[request]?.lastHeard = now
  }

  func place(of request: RequestID, now: Instant) -> (position: Int, estimate: Duration?) {
    (self.queue.position(of: request) ?? 1, self.queue.estimate(of: request, now: now))
  }
}
