/// What an indexer lets others use of it.
public struct IndexerLimits: Hashable, Sendable {
  /// Of one request.
  public var bodyByteCount = 64 << 10
  /// Of all header fields of one request.
  public var headerByteCount = 8 << 10
  public var headerFieldCount = 64
  public var connectionCount = 16_384
  /// After which a connection on which nothing moves is closed; more than a long poll takes.
  public var idleTimeout: Duration = .seconds(60)
  /// Requests of one key, refilled each second.
  public var requestsPerSecondOfKey = 20.0
  public var requestBurstOfKey = 60.0
  /// Requests from one address, behind which there may be many keys.
  public var requestsPerSecondOfAddress = 2_000.0
  public var requestBurstOfAddress = 8_000.0
  /// Players who wait at once.
  public var queueCount = 10_000
  /// Decision records kept.
  public var decisionCount = 10_000
  /// Sessions of ended hosts' heartbeats and other lists in one request.
  public var listCount = 256

  public init() {}
}
