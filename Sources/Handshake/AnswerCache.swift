internal import MediaUnits

/// The hellos of the last seconds, by ephemeral key, with their answers: a copy of a hello costs one look-up.
struct AnswerCache: Sendable {
  static let capacity = 256
  static let lifetime: Duration = .seconds(10)

  enum Entry: Hashable, Sendable {
    /// The hello has been read and not yet answered.
    case pending
    case answered([UInt8])
  }

  private var entries: [[UInt8]: Entry] = [:]
  /// Oldest first, in the order of their instants.
  private var order: [(ephemeral: [UInt8], expiresAt: Instant)] = []

  mutating func entry(for ephemeral: [UInt8], now: Instant) -> Entry? {
    let expiredCount = self.order.prefix { $0.expiresAt <= now }.count
    self.removeOldest(expiredCount)
    return self.entries[ephemeral]
  }

  /// Remembers an entry, at the price of the oldest where there are too many. A later entry replaces an earlier one, and
  /// lives no longer.
  mutating func insert(_ entry: Entry, for ephemeral: [UInt8], now: Instant) {
    if self.entries.updateValue(entry, forKey: ephemeral) == nil {
      self.order.append((ephemeral, now + Self.lifetime))
      self.removeOldest(self.order.count - Self.capacity)
    }
  }

  private mutating func removeOldest(_ count: Int) {
    guard count > 0 else { return }
    for removed in self.order.prefix(count) { self.entries[removed.ephemeral] = nil }
    self.order.removeFirst(count)
  }
}
