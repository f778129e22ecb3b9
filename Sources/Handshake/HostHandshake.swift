public import MediaUnits
public import SessionProtocol

/// The host's side of all handshakes.
///
/// Sans-IO: hand every datagram whose first byte is 4 ... 7 to ``handle(_:from:now:)`` and do what the event says. A
/// request is decided with ``accept(_:grant:now:)`` or ``refuse(_:refusal:now:)``; the result is sent to where the hello
/// came from. What is kept per hello and per player is bounded, whatever arrives.
///
/// - Spec: Protocol/session.md §3.
public struct HostHandshake: Sendable {
  public struct Configuration: Hashable, Sendable {
    /// Hellos from unproven addresses that are read per second; each costs four key agreements.
    public var helloRate = 50
    /// How many of them may come at once before the host asks for cookies.
    public var helloBurst = 100
    /// Hellos with a valid cookie that are read per second.
    public var provenHelloRate = 200
    public var provenHelloBurst = 200

    public init() {}
  }

  public enum Event: Sendable {
    /// Nothing is to be done.
    case ignored(IgnoreReason)
    /// Send this to where the datagram came from; never larger than the datagram.
    case reply([UInt8])
    /// A player asks for a session: decide, and accept or refuse.
    case requested(PendingHello, SessionRequest, player: PublicKey)
  }

  public enum IgnoreReason: Hashable, Sendable, CaseIterable {
    /// Not a hello.
    case notHello
    /// Not of a hello's size or shape.
    case malformed
    /// A copy of a hello that is being decided.
    case pending
    /// More hellos than can be read, even from proven addresses.
    case overloaded
    /// Authentic, but its request cannot be read.
    case malformedRequest
    /// Its request time is not later than the player's last.
    case replayed
  }

  /// What became of the datagrams so far.
  public struct Counters: Hashable, Sendable {
    public var requested = 0
    /// Copies of a hello that got the answer again.
    public var answeredAgain = 0
    public var cookies = 0
    public var hints = 0
    /// Requests of a version that is not supported.
    public var versionRefusals = 0
    public var ignored: [IgnoreReason: Int] = [:]
  }

  private let identity: StaticKeyPair
  private let keySource: KeySource
  private var unproven: TokenBucket
  private var proven: TokenBucket
  private var cookies: CookieMaker
  private var answers = AnswerCache()
  private var replays = ReplayGuard()

  public private(set) var counters = Counters()

  /// - Parameter identity: the host's own key, which its address names.
  public init(identity: StaticKeyPair, configuration: Configuration = Configuration()) {
    self.init(identity: identity, configuration: configuration, keySource: .secure)
  }

  init(identity: StaticKeyPair, configuration: Configuration, keySource: KeySource) {
    self.identity = identity
    self.keySource = keySource
    self.unproven = TokenBucket(ratePerSecond: configuration.helloRate, burst: configuration.helloBurst)
    self.proven = TokenBucket(ratePerSecond: configuration.provenHelloRate, burst: configuration.provenHelloBurst)
    self.cookies = CookieMaker(keySource: keySource)
  }

  /// Takes one datagram.
  ///
  /// - Parameters:
  ///   - datagram: a whole datagram, from anybody.
  ///   - address: where it came from.
  public mutating func handle(_ datagram: RawSpan, from address: AddressToken, now: Instant) -> Event {
    guard HandshakeDatagram.kind(of: datagram) == .hello else { return self.ignore(.notHello) }
    guard let version = HandshakeDatagram.version(ofHello: datagram) else { return self.ignore(.malformed) }
    guard version == HandshakeDatagram.version else {
      let start = HandshakeDatagram.Hello.headerByteCount
      return self.hint(.versionUnsupported, for: datagram.array(start..<start + NoiseIK.keyByteCount))
    }
    guard let hello = HandshakeDatagram.Hello(parsing: datagram) else { return self.ignore(.malformed) }

    switch self.answers.entry(for: hello.ephemeral, now: now) {
    case .answered(let answer):
      self.counters.answeredAgain += 1
      return .reply(answer)
    case .pending: return self.ignore(.pending)
    case nil: break
    }

    let isProven =
      hello.hasCookie
      && self.cookies.accepts(hello.cookie, from: address, ephemeral: hello.ephemeral, now: now)
    if isProven {
      guard self.proven.take(now: now) else { return self.ignore(.overloaded) }
    } else if !self.unproven.take(now: now) {
      self.counters.cookies += 1
      let cookie = self.cookies.cookie(for: address, ephemeral: hello.ephemeral, now: now)
      return .reply(HandshakeDatagram.cookie(cookie, for: hello.ephemeral))
    }
    return self.read(hello, isAddressProven: isProven, now: now)
  }

  /// Grants a session.
  ///
  /// - Returns: the datagram to send, and the keys that protect everything from then on.
  public mutating func accept(
    _ pending: PendingHello,
    grant: SessionGrant,
    now: Instant
  ) -> (answer: [UInt8], keys: SessionKeys) {
    let (answer, result) = self.answer(pending, [HandshakeDatagram.grantMark] + grant.serialized, now: now)
    return (answer, SessionKeys(result))
  }

  /// Refuses a session.
  ///
  /// - Returns: the datagram to send.
  public mutating func refuse(_ pending: PendingHello, refusal: SessionRefusal, now: Instant) -> [UInt8] {
    self.answer(pending, [HandshakeDatagram.refusalMark] + refusal.serialized, now: now).answer
  }

  /// Does the expensive part: key agreement, decryption, and the check for replays.
  private mutating func read(_ hello: HandshakeDatagram.Hello, isAddressProven: Bool, now: Instant) -> Event {
    let responder = NoiseIK.Responder(
      staticKey: self.identity.privateKey,
      prologue: HandshakeDatagram.prologue,
      message: hello.noise
    )
    guard let responder else { return self.hint(.cannotDecrypt, for: hello.ephemeral) }
    let pending = PendingHello(isAddressProven: isAddressProven, responder: responder, ephemeral: hello.ephemeral)
    let request: SessionRequest
    do throws(SessionRecordError) {
      // SAFETY: the span does not outlive the payload.
      request = try unsafe SessionRequest(parsing: responder.payload.span.bytes)
    } catch .versionUnsupported {
      self.counters.versionRefusals += 1
      let text = "This host speaks version \(SessionRequest.version) of the session protocol."
      return .reply(self.refuse(pending, refusal: SessionRefusal(.versionUnsupported, text: text), now: now))
    } catch {
      return self.ignore(.malformedRequest)
    }
    guard self.replays.admits(request.requestTime, of: responder.initiator) else { return self.ignore(.replayed) }
    self.answers.insert(.pending, for: hello.ephemeral, now: now)
    self.counters.requested += 1
    return .requested(pending, request, player: responder.initiator)
  }

  private mutating func answer(
    _ pending: PendingHello,
    _ payload: [UInt8],
    now: Instant
  ) -> (answer: [UInt8], result: NoiseIK.Result) {
    guard let (message, result) = pending.responder.finish(ephemeral: self.keySource.ephemeral(), payload: payload)
    else { preconditionFailure("the first message is not authentic where a key of low order is involved") }
    let answer = HandshakeDatagram.answer(message)
    self.answers.insert(.answered(answer), for: pending.ephemeral, now: now)
    return (answer, result)
  }

  private mutating func hint(_ hint: HandshakeHint, for ephemeral: [UInt8]) -> Event {
    self.counters.hints += 1
    return .reply(HandshakeDatagram.hint(hint, for: ephemeral))
  }

  private mutating func ignore(_ reason: IgnoreReason) -> Event {
    self.counters.ignored[reason, default: 0] += 1
    return .ignored(reason)
  }
}
