public import MediaUnits
public import SessionProtocol

/// The player's side of the handshake.
///
/// Sans-IO: send what ``poll(now:)`` returns until `nil`, hand in what arrives, sleep until ``deadline``, stop once
/// there is an ``outcome``.
///
/// ```
/// waiting ── answer ──▶ granted / refused
///    │ ▲ cookie, retransmission
///    └─┘── limit ──▶ timed out
/// ```
///
/// - Spec: Protocol/session.md §3.
public struct PlayerHandshake: Sendable {
  public struct Configuration: Hashable, Sendable {
    /// Copies of the hello in the first flight, at least 1. Each allows the host to send three times its 1,200 bytes
    /// at once, and so buys the first picture.
    public var copies = 8
    /// How long until the first retransmission; it doubles with each.
    public var firstInterval: Duration = .milliseconds(100)
    public var longestInterval: Duration = .milliseconds(1000)
    /// After which there is no more hope.
    public var limit: Duration = .seconds(5)

    public init() {}
  }

  public enum Outcome: Hashable, Sendable {
    case granted(SessionGrant, SessionKeys)
    case refused(SessionRefusal)
    /// Nothing authentic came; the hint, if any, may be forged.
    case timedOut(HandshakeHint?)
  }

  /// Bytes of every hello.
  public static var helloByteCount: Int { HandshakeDatagram.helloByteCount }

  /// More cookies than this in one handshake are somebody's mischief.
  private static let maximumCookieCount = 8

  private let configuration: Configuration
  private let noise: NoiseIK.Initiator
  private let ephemeral: [UInt8]
  private let givesUpAt: Instant
  private var hello: [UInt8]
  private var dueCount: Int
  private var retransmitsAt: Instant
  private var interval: Duration
  private var cookieCount = 0
  private var hint: HandshakeHint?

  /// How it ended; `nil` while it has not.
  public private(set) var outcome: Outcome?
  /// Datagrams that were not what was waited for.
  public private(set) var ignoredCount = 0

  /// - Parameters:
  ///   - identity: the player's own key.
  ///   - hostKey: the key that the host must prove.
  ///   - request: what to ask for.
  ///   - now: when the first flight leaves.
  /// - Returns: `nil` if `hostKey` is no host's key.
  public init?(
    identity: StaticKeyPair,
    hostKey: PublicKey,
    request: SessionRequest,
    configuration: Configuration = Configuration(),
    now: Instant
  ) {
    self.init(
      identity: identity,
      hostKey: hostKey,
      request: request,
      configuration: configuration,
      keySource: .secure,
      now: now
    )
  }

  init?(
    identity: StaticKeyPair,
    hostKey: PublicKey,
    request: SessionRequest,
    configuration: Configuration,
    keySource: KeySource,
    now: Instant
  ) {
    precondition(configuration.copies >= 1, "the first flight has at least one hello")
    let noise = NoiseIK.Initiator(
      staticKey: identity.privateKey,
      ephemeral: keySource.ephemeral(),
      responder: hostKey,
      prologue: HandshakeDatagram.prologue,
      payload: request.serialized
    )
    guard let noise else { return nil }
    let hello = HandshakeDatagram.Hello(
      cookie: [UInt8](repeating: 0, count: HandshakeDatagram.cookieByteCount),
      noise: noise.message
    )
    self.configuration = configuration
    self.noise = noise
    self.ephemeral = hello.ephemeral
    self.hello = hello.serialized
    self.dueCount = configuration.copies
    self.interval = configuration.firstInterval
    self.retransmitsAt = now + configuration.firstInterval
    self.givesUpAt = now + configuration.limit
  }

  /// When ``poll(now:)`` next has something to do; `nil` once there is an outcome.
  public var deadline: Instant? {
    guard self.outcome == nil else { return nil }
    return self.dueCount > 0 ? .zero : min(self.retransmitsAt, self.givesUpAt)
  }

  /// Returns the next datagram to send to the host, or `nil` once there is nothing due at `now`.
  public mutating func poll(now: Instant) -> [UInt8]? {
    guard self.outcome == nil else { return nil }
    guard now < self.givesUpAt else {
      self.outcome = .timedOut(self.hint)
      return nil
    }
    if self.dueCount == 0, now >= self.retransmitsAt {
      self.dueCount = 1
      self.interval = min(self.interval * 2, self.configuration.longestInterval)
      self.retransmitsAt = now + self.interval
    }
    guard self.dueCount > 0 else { return nil }
    self.dueCount -= 1
    return self.hello
  }

  /// Takes one datagram from the network; whatever is not authentic changes nothing that matters.
  public mutating func handle(_ datagram: RawSpan, now: Instant) {
    guard self.outcome == nil else { return }
    switch HandshakeDatagram.kind(of: datagram) {
    case .answer: self.handleAnswer(datagram)
    case .cookie: self.handleCookie(datagram, now: now)
    case .hint:
      guard let hint = HandshakeDatagram.hint(in: datagram, for: self.ephemeral) else { return self.ignore() }
      self.hint = hint
    case .hello, nil: self.ignore()
    }
  }

  private mutating func handleAnswer(_ datagram: RawSpan) {
    guard let message = HandshakeDatagram.noise(inAnswer: datagram), let result = self.noise.finish(message) else {
      return self.ignore()
    }
    self.outcome = Self.outcome(of: result)
  }

  /// Sends the hello again with the cookie, at once.
  private mutating func handleCookie(_ datagram: RawSpan, now: Instant) {
    guard self.cookieCount < Self.maximumCookieCount,
      let cookie = HandshakeDatagram.cookie(in: datagram, for: self.ephemeral)
    else { return self.ignore() }
    let hello = HandshakeDatagram.Hello(cookie: cookie, noise: self.noise.message).serialized
    // Each copy of the first flight may have been answered with the same cookie.
    guard hello != self.hello else { return }
    self.hello = hello
    self.cookieCount += 1
    self.dueCount = 1
    self.retransmitsAt = now + self.interval
  }

  private mutating func ignore() {
    self.ignoredCount += 1
  }

  /// Reads an answer that the host has authenticated.
  private static func outcome(of result: NoiseIK.Result) -> Outcome {
    let record = Array(result.payload.dropFirst())
    do throws(SessionRecordError) {
      // SAFETY: the spans do not outlive the record.
      switch result.payload.first {
      case HandshakeDatagram.grantMark:
        return .granted(try unsafe SessionGrant(parsing: record.span.bytes), SessionKeys(result))
      case HandshakeDatagram.refusalMark:
        return .refused(try unsafe SessionRefusal(parsing: record.span.bytes))
      default:
        throw .truncated
      }
    } catch {
      return .refused(SessionRefusal(.internalError, text: "The host's answer could not be read."))
    }
  }
}
