public import IndexAPI

/// A player's place in the queue, which every indexer accepts: when it began to wait, signed.
///
/// - Spec: Protocol/identity.md §5.
public struct QueueTicket: Hashable, Sendable {
  /// Of the signed form.
  public static let maximumByteCount = 512

  public var player: PlayerID
  /// The order that waits.
  public var request: RequestID
  /// 1 ... 64 of a–z, 0–9 and `-`.
  public var game: String
  /// Milliseconds since 1970.
  public var enqueued: Int64
  /// Whether the player had a session and lost its host.
  public var isResumption: Bool

  /// - Precondition: ``Ticket/isGameName(_:)`` holds for `game`.
  public init(player: PlayerID, request: RequestID, game: String, enqueued: Int64, isResumption: Bool) {
    self.player = player
    self.request = request
    self.game = game
    self.enqueued = enqueued
    self.isResumption = isResumption
  }

  /// - Returns: ASCII, at most 512 bytes.
  public func signed(by key: EpochKey) -> [UInt8] {
    precondition(Ticket.isGameName(self.game), "a queue ticket is for a game's name")
    precondition(0..<100_000_000_000_000 ~= self.enqueued, "times are since 1970")
    return CompactJWS.make(
      prefix: key.queueTicketPrefix,
      payload: #"{"jti":"\#(self.request)","sub":"\#(self.player)","game":"\#(self.game)","#
        + #""enq":\#(self.enqueued),"res":\#(self.isResumption)}"#,
      sign: key.sign
    )
  }

  /// - Parameter now: seconds since 1970.
  /// - Throws: ``TicketError``: `malformed`, `unknownKey`, `wrongSignature`, or `notYet` for a time to come.
  public init(verifying bytes: [UInt8], keys: KeySet, now: Int64) throws(TicketError) {
    let jws = try CompactJWS(parsing: bytes, kind: .queueTicket, maximumByteCount: Self.maximumByteCount)
    try self.init(readingClaims: jws.payload)
    try keys.verify(jws, now: now)
    guard self.enqueued / 1_000 <= now + Ticket.skewSeconds else { throw .notYet }
  }

  private init(readingClaims payload: [UInt8]) throws(TicketError) {
    var reader = JSONReader(payload)
    var (player, request, game): (PlayerID?, RequestID?, String?)
    var (enqueued, isResumption): (Int64?, Bool?)
    try reader.open("{")
    while let name = try reader.nextName() {
      switch name {
      case "jti": try request.setOnce(RequestID(try reader.string()))
      case "sub": try player.setOnce(PlayerID(try reader.string()))
      case "game": try game.setOnce(try reader.string())
      case "enq": try enqueued.setOnce(try reader.integer())
      case "res": try isResumption.setOnce(try reader.boolean())
      default: throw .malformed
      }
    }
    try reader.end()
    self.init(
      player: try player.required(),
      request: try request.required(),
      game: try game.required(),
      enqueued: try enqueued.required(),
      isResumption: try isResumption.required()
    )
    guard Ticket.isGameName(self.game) else { throw .malformed }
  }
}
