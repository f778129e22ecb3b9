import MediaUnits

/// How many round trip probes are answered: so many for each source, so many in all, in a table of fixed size.
///
/// A source is an IPv4 address or an IPv6 /64, whatever its port. Sources that fall on the same place of the table
/// share one allowance, so making up sources gains nobody anything.
struct ProbeLimit {
  /// What one source may have at once: four measurements of five probes, and some to spare.
  static let burst = 24
  static let ratePerSecond = 8
  /// What all sources together may have in one second.
  static let totalPerSecond = 4000
  private static let entryCount = 4096

  private struct Entry {
    /// In probes.
    var tokens = Double(ProbeLimit.burst)
    var filledAt = Instant.zero
  }

  private var entries = [Entry](repeating: Entry(), count: Self.entryCount)
  private let seed: UInt64
  private var second = Int64.min
  private var countInSecond = 0
  private(set) var admittedCount = 0
  private(set) var refusedCount = 0

  /// - Parameter seed: unpredictable, so that nobody can choose to share a place with somebody.
  init(seed: UInt64) {
    self.seed = seed
  }

  /// Whether a probe may be answered now.
  ///
  /// - Parameter address: 16 octets in network order; an IPv4 address in its IPv4-mapped form.
  /// - Complexity: O(1); allocates nothing.
  mutating func admit(_ address: (high: UInt64, low: UInt64), now: Instant) -> Bool {
    let isAdmitted = self.take(address, now: now)
    if isAdmitted { self.admittedCount += 1 } else { self.refusedCount += 1 }
    return isAdmitted
  }

  private mutating func take(_ address: (high: UInt64, low: UInt64), now: Instant) -> Bool {
    let second = now.nanoseconds / 1_000_000_000
    if second != self.second { (self.second, self.countInSecond) = (second, 0) }
    guard self.countInSecond < Self.totalPerSecond else { return false }
    var mixer = SplitMix64(seed: (address.high == 0 ? address.low : address.high) ^ self.seed)
    let index = Int(mixer.next() % UInt64(Self.entryCount))
    let entry = self.entries[index]
    let earned = max(0, (now - entry.filledAt).inSeconds) * Double(Self.ratePerSecond)
    let tokens = min(Double(Self.burst), entry.tokens + earned)
    let isAdmitted = tokens >= 1
    self.entries[index] = Entry(tokens: isAdmitted ? tokens - 1 : tokens, filledAt: now)
    if isAdmitted { self.countInSecond += 1 }
    return isAdmitted
  }
}
