internal import SessionProtocol

/// The highest request time seen of each player key, for a bounded number of keys.
///
/// - Spec: Protocol/session.md §3.5.
struct ReplayGuard: Sendable {
  static let capacity = 4096

  private struct Entry {
    var requestTime: UInt64
    var usedAt: UInt64
  }

  private var entries: [PublicKey: Entry] = [:]
  private var useCount: UInt64 = 0

  /// Whether `requestTime` is higher than any before it of this key; if so it is remembered, at the price of the key
  /// that was used least recently where there are too many.
  mutating func admits(_ requestTime: UInt64, of player: PublicKey) -> Bool {
    if let known = self.entries[player], requestTime <= known.requestTime { return false }
    self.useCount += 1
    if self.entries.count >= Self.capacity, self.entries[player] == nil,
      let oldest = self.entries.min(by: { $0.value.usedAt < $1.value.usedAt })
    {
      self.entries[oldest.key] = nil
    }
    self.entries[player] = Entry(requestTime: requestTime, usedAt: self.useCount)
    return true
  }
}
