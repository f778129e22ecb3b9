public import IndexAPI

/// A seat at one host for one player, until it must have been taken: what a host admits a player by.
///
/// - Spec: RFC 7519; RFC 8037 §3.1; Protocol/identity.md §3.
public struct Ticket: Hashable, Sendable {
  /// Of the signed form.
  public static let maximumByteCount = 512
  /// What the clocks of host and indexer may differ by.
  public static let skewSeconds: Int64 = 5
  /// From ``notBefore`` to ``startBy``; bounds what a host must remember.
  public static let maximumLifetimeSeconds: Int64 = 300

  /// What the ticket is good for, once.
  public var session: SessionID
  public var host: HostID
  public var player: PlayerID
  /// The X25519 public key that the player proves in the handshake; 32 bytes.
  public var transportKey: [UInt8]
  /// 1 ... 64 of a–z, 0–9 and `-`.
  public var game: String
  /// Seconds since 1970.
  public var notBefore: Int64
  /// Seconds since 1970.
  public var startBy: Int64

  /// - Precondition: `transportKey` has 32 bytes and ``isGameName(_:)`` holds for `game`.
  public init(
    session: SessionID,
    host: HostID,
    player: PlayerID,
    transportKey: [UInt8],
    game: String,
    notBefore: Int64,
    startBy: Int64
  ) {
    self.session = session
    self.host = host
    self.player = player
    self.transportKey = transportKey
    self.game = game
    self.notBefore = notBefore
    self.startBy = startBy
  }

  /// Whether `text` can name a game: 1 ... 64 of a–z, 0–9 and `-`.
  public static func isGameName(_ text: String) -> Bool {
    1...64 ~= text.utf8.count
      && text.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-") }
  }

  /// - Returns: ASCII, at most 512 bytes.
  /// - Complexity: one signature; the header is made once an epoch.
  public func signed(by key: EpochKey) -> [UInt8] {
    precondition(self.transportKey.count == 32, "a transport key has 32 bytes")
    precondition(Self.isGameName(self.game), "a ticket is for a game's name")
    precondition(0..<100_000_000_000 ~= self.notBefore && 0..<100_000_000_000 ~= self.startBy, "times are since 1970")
    let transportKey = String(decoding: Base64URL.encode(self.transportKey), as: UTF8.self)
    return CompactJWS.make(
      prefix: key.ticketPrefix,
      payload: #"{"jti":"\#(self.session)","aud":"\#(self.host)","sub":"\#(self.player)","tk":"\#(transportKey)","#
        + #""game":"\#(self.game)","nbf":\#(self.notBefore),"exp":\#(self.startBy)}"#,
      sign: key.sign
    )
  }

  /// Checks a ticket without asking anyone.
  ///
  /// Whether it was used before, and whether the player is the one it names, is ``TicketAdmission``'s to say.
  ///
  /// - Parameter now: seconds since 1970.
  /// - Throws: ``TicketError``: the first of `malformed`, `unknownKey`, `wrongSignature`, `otherHost`, `notYet` and
  ///   `expired` that is so.
  public init(verifying bytes: [UInt8], keys: KeySet, host: HostID, now: Int64) throws(TicketError) {
    let jws = try CompactJWS(parsing: bytes, kind: .ticket, maximumByteCount: Self.maximumByteCount)
    try self.init(readingClaims: jws.payload)
    try keys.verify(jws, now: now)
    guard self.host == host else { throw .otherHost }
    guard self.notBefore <= now + Self.skewSeconds else { throw .notYet }
    guard now < self.startBy + Self.skewSeconds else { throw .expired }
  }

  private init(readingClaims payload: [UInt8]) throws(TicketError) {
    var reader = JSONReader(payload)
    var (session, host, player): (SessionID?, HostID?, PlayerID?)
    var (transportKey, game): ([UInt8]?, String?)
    var (notBefore, startBy): (Int64?, Int64?)
    try reader.open("{")
    while let name = try reader.nextName() {
      switch name {
      case "jti": try session.setOnce(SessionID(try reader.string()))
      case "aud": try host.setOnce(HostID(try reader.string()))
      case "sub": try player.setOnce(PlayerID(try reader.string()))
      case "tk": try transportKey.setOnce(Base64URL.decode(try reader.string().utf8))
      case "game": try game.setOnce(try reader.string())
      case "nbf": try notBefore.setOnce(try reader.integer())
      case "exp": try startBy.setOnce(try reader.integer())
      default: throw .malformed
      }
    }
    try reader.end()
    self.init(
      session: try session.required(),
      host: try host.required(),
      player: try player.required(),
      transportKey: try transportKey.required(),
      game: try game.required(),
      notBefore: try notBefore.required(),
      startBy: try startBy.required()
    )
    guard self.transportKey.count == 32, Self.isGameName(self.game),
      0...Self.maximumLifetimeSeconds ~= self.startBy - self.notBefore
    else { throw .malformed }
  }
}
