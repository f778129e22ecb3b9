import DatagramIO
import MediaUnits
import Synchronization

/// The search for a host, which runs beside the network thread. Used by the network thread alone.
struct HostSearch {
  /// Hosts that may fail one after the other, none showing a picture, before the session is given up.
  static let maximumFailureCount = 8
  /// How long a failed search waits before the next.
  static let retryInterval: Duration = .seconds(1)
  /// How long a lost session is worth searching for.
  static let patience: Duration = .seconds(60)

  /// What the search found, `nil` until it has.
  typealias Answer = Result<HostOffer?, any Error>

  private var task: Task<Void, Never>?
  private var answer: Shared<Answer?>?
  private(set) var lost: LostHost?
  /// Since when there has been no host; `nil` while there is one.
  private(set) var since: Instant?
  private(set) var failureCount = 0
  /// When to search again.
  private(set) var retryAt: Instant?

  /// Whether there is a search now or soon.
  var isUnderWay: Bool { self.task != nil || self.retryAt != nil }

  /// Begins to search; the wakeup's signal says that there is an answer.
  mutating func begin(after lost: LostHost?, source: any HostSource, link: PlayerLink, now: Instant) {
    let answer = Shared<Answer?>(nil)
    self.lost = lost
    self.since = self.since ?? now
    self.retryAt = nil
    self.answer = answer
    self.task = Task {
      do {
        let offer = try await source.nextHost(after: lost)
        answer.update { $0 = .success(offer) }
      } catch {
        answer.update { $0 = .failure(error) }
      }
      link.networkWakeup.signal()
    }
  }

  /// Takes the answer, once.
  mutating func takeAnswer() -> Answer? {
    guard let answer = self.answer?.current else { return nil }
    self.answer = nil
    self.task = nil
    return answer
  }

  /// The search failed; there will be another.
  mutating func retry(now: Instant) {
    self.retryAt = now + Self.retryInterval
  }

  /// A host that was found did not serve.
  mutating func failed() {
    self.failureCount += 1
  }

  /// A host that was found serves.
  mutating func succeeded() {
    guard !self.isUnderWay, self.since != nil || self.failureCount > 0 else { return }
    self = HostSearch()
  }

  /// Ends the search without an answer.
  mutating func cancel() {
    self.task?.cancel()
    self = HostSearch()
  }
}
