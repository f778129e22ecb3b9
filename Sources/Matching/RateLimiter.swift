public import MediaUnits

/// Token buckets by key, for as many keys as there is room for.
///
/// Keys that have not been seen for a while are forgotten, at the earliest when their bucket would be full again or when
/// half of the room is taken by others; so memory is bounded, and a flood of new keys costs the old ones their debts at
/// most.
public struct RateLimiter<Key: Hashable & Sendable>: Sendable {
  private struct Bucket: Sendable {
    var tokens: Double
    var updated: Instant
  }

  private let tokensPerSecond: Double
  private let burst: Double
  private let capacity: Int
  private var recent: [Key: Bucket] = [:]
  private var older: [Key: Bucket] = [:]

  /// - Parameters:
  ///   - tokensPerSecond: more than 0.
  ///   - burst: tokens of a full bucket, at least 1.
  ///   - capacity: the most keys, at least 2.
  public init(tokensPerSecond: Double, burst: Double, capacity: Int = 1 << 16) {
    precondition(tokensPerSecond > 0 && burst >= 1 && capacity >= 2, "a bucket needs tokens, and keys need room")
    self.tokensPerSecond = tokensPerSecond
    self.burst = burst
    self.capacity = capacity
  }

  public var keyCount: Int { self.recent.count + self.older.count }

  /// Takes `cost` tokens of `key`'s bucket.
  ///
  /// - Returns: `nil` if it had them; otherwise how long until it does, nothing being taken.
  public mutating func take(_ key: Key, cost: Double = 1, now: Instant) -> Duration? {
    var bucket = self.recent[key] ?? self.older.removeValue(forKey: key) ?? Bucket(tokens: self.burst, updated: now)
    let elapsed = max(0, (now - bucket.updated).inSeconds)
    bucket.tokens = min(self.burst, bucket.tokens + elapsed * self.tokensPerSecond)
    bucket.updated = max(bucket.updated, now)
    let missing = min(cost, self.burst) - bucket.tokens
    if missing <= 0 { bucket.tokens -= min(cost, self.burst) }
    if self.recent[key] == nil, self.recent.count >= self.capacity / 2 {
      self.older = self.recent
      self.recent = [:]
    }
    self.recent[key] = bucket
    return missing <= 0 ? nil : .seconds(missing / self.tokensPerSecond)
  }
}
