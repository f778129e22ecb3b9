internal import IndexAPI

/// Why a signed request is not fresh.
public enum NonceError: Error, Hashable, Sendable, CaseIterable {
  /// Signed too long ago, by this clock.
  case tooOld
  /// Signed too far in the future, by this clock.
  case tooNew
  /// Has been here before.
  case replayed
  /// More requests of the last minute must be remembered than there is room for.
  case full
}

/// Lets each signed request in once, and only while it is fresh.
///
/// What it remembers is grouped by the second of signing, so forgetting is dropping whole groups.
///
/// - Spec: Protocol/identity.md §2.
public struct NonceWindow: Sendable {
  private struct Entry: Hashable, Sendable {
    /// Senders choose nonces for themselves only: nobody can use up another's.
    let sender: UInt64
    let high: UInt64
    let low: UInt64
  }

  private let toleranceSeconds: Int64
  private let capacity: Int
  /// By the second of signing.
  private var seen: [Int64: Set<Entry>] = [:]
  private var count = 0
  /// Requests signed before this second are refused, for what came then is forgotten.
  private var floor: Int64 = .min

  /// - Parameters:
  ///   - toleranceSeconds: what the clocks of sender and indexer may differ by, the way between them included; 1 ... 600.
  ///   - capacity: requests that are remembered at most, about 50 bytes each.
  public init(toleranceSeconds: Int64 = 30, capacity: Int = 1 << 20) {
    precondition(1...600 ~= toleranceSeconds && capacity > 0, "the window is bounded and not empty")
    self.toleranceSeconds = toleranceSeconds
    self.capacity = capacity
  }

  /// - Parameter now: seconds since 1970.
  /// - Complexity: O(1), and once a second O(what came in one second).
  public mutating func admit(_ verified: RequestSignature.Verified, now: Int64) throws(NonceError) {
    self.forget(before: now - self.toleranceSeconds)
    guard verified.created >= self.floor else { throw .tooOld }
    guard verified.created <= now + self.toleranceSeconds else { throw .tooNew }
    let entry = Entry(
      sender: verified.key.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
      high: verified.nonce.high,
      low: verified.nonce.low
    )
    guard self.seen[verified.created]?.contains(entry) != true else { throw .replayed }
    guard self.count < self.capacity else { throw .full }
    self.seen[verified.created, default: []].insert(entry)
    self.count += 1
  }

  /// The floor only rises: a clock that is set back must not make old requests new again.
  private mutating func forget(before second: Int64) {
    guard second > self.floor else { return }
    self.floor = second
    for created in self.seen.keys.filter({ $0 < second }) {
      self.count -= self.seen.removeValue(forKey: created)?.count ?? 0
    }
  }
}
