internal import MediaUnits

/// Watches for how long nothing has been heard of the other end.
///
/// ```
/// heard ──nothing for silenceTimeout──▶ silent ──nothing for endTimeout──▶ gone
///   ▲                                     │
///   └──────────── a packet ───────────────┘
/// ```
struct PeerSilence: Hashable, Sendable {
  enum Finding: Hashable, Sendable {
    /// Told once, until something is heard again.
    case silent
    case gone
  }

  private let silenceTimeout: Duration
  private let endTimeout: Duration
  private var lastHeardAt: Instant
  private(set) var isSilent = false

  init(_ configuration: SessionConfiguration, now: Instant) {
    self.silenceTimeout = configuration.silenceTimeout
    self.endTimeout = configuration.endTimeout
    self.lastHeardAt = now
  }

  /// When ``watch(now:)`` has something to tell, should nothing be heard until then.
  var deadline: Instant { self.lastHeardAt + (self.isSilent ? self.endTimeout : self.silenceTimeout) }

  /// Something authentic has come.
  ///
  /// - Returns: whether the other end had been silent.
  @discardableResult
  mutating func heard(now: Instant) -> Bool {
    self.lastHeardAt = now
    defer { self.isSilent = false }
    return self.isSilent
  }

  mutating func watch(now: Instant) -> Finding? {
    let silence = now - self.lastHeardAt
    if silence >= self.endTimeout { return .gone }
    guard silence >= self.silenceTimeout, !self.isSilent else { return nil }
    self.isSilent = true
    return .silent
  }
}
