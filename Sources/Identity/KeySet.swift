internal import IndexAPI

/// Which ticket keys hold, and when: what a host checks tickets with, without asking anyone.
///
/// One indexer signs it, and vouches in it for the keys of the others.
///
/// - Spec: Protocol/identity.md §4.
public struct KeySet: Hashable, Sendable {
  /// One indexer's key of one epoch.
  public struct Entry: Hashable, Sendable {
    /// 1 ... 16 characters.
    public var kid: String
    public var key: IdentityPublicKey
    /// Seconds since 1970.
    public var notBefore: Int64
    /// Seconds since 1970.
    public var notAfter: Int64
    /// Whose tickets it signs.
    public var indexer: IdentityPublicKey

    public init(kid: String, key: IdentityPublicKey, notBefore: Int64, notAfter: Int64, indexer: IdentityPublicKey) {
      self.kid = kid
      self.key = key
      self.notBefore = notBefore
      self.notAfter = notAfter
      self.indexer = indexer
    }

    /// Valid from a day before its epoch to a day after it, so that no clock and no late copy of the set matters.
    public init(_ key: EpochKey) {
      self.init(
        kid: key.kid,
        key: key.publicKey,
        notBefore: max(0, (key.epoch - 1) * EpochKey.secondsPerEpoch),
        notAfter: (key.epoch + 2) * EpochKey.secondsPerEpoch,
        indexer: key.indexer
      )
    }
  }

  public static let maximumEntryCount = 64
  /// Of the signed form.
  public static let maximumByteCount = 16_384

  /// At most 64.
  public var entries: [Entry]
  /// The indexer that vouches for the entries.
  public var signer: IdentityPublicKey

  public init(entries: [Entry], signer: IdentityPublicKey) {
    self.entries = entries
    self.signer = signer
  }

  /// An indexer's own keys: of the epoch of `now`, the one before and the one after.
  ///
  /// - Parameter now: seconds since 1970.
  public init(identity: IdentityKey, now: Int64) {
    let epoch = EpochKey.epoch(at: now)
    self.init(
      entries: (epoch - 1...epoch + 1).map { Entry(EpochKey(identity: identity, epoch: $0)) },
      signer: identity.publicKey
    )
  }

  /// - Parameter issued: seconds since 1970.
  public func signed(by identity: IdentityKey, issued: Int64) -> String {
    precondition(self.entries.count <= Self.maximumEntryCount, "a key set has at most 64 entries")
    let keys = self.entries.map { entry in
      #"{"kid":"\#(entry.kid)","x":"\#(entry.key.base64URL)","nbf":\#(entry.notBefore),"exp":\#(entry.notAfter),"#
        + #""iss":"\#(entry.indexer.base64URL)"}"#
    }
    let bytes = CompactJWS.make(
      prefix: CompactJWS.prefix(kind: .keySet, keyID: identity.publicKey.base64URL),
      payload: #"{"iat":\#(issued),"keys":[\#(keys.joined(separator: ","))]}"#,
      sign: identity.sign
    )
    return String(decoding: bytes, as: UTF8.self)
  }

  /// - Parameters:
  ///   - root: the only signer to accept; `nil` accepts any, whom ``signer`` then names: trust on first use.
  ///   - now: seconds since 1970.
  /// - Throws: ``TicketError``: `malformed`, `unknownKey` for another signer than `root`, `wrongSignature`, or `notYet`
  ///   for a set from the future.
  public init(verifying text: String, root: IdentityPublicKey?, now: Int64) throws(TicketError) {
    let jws = try CompactJWS(parsing: Array(text.utf8), kind: .keySet, maximumByteCount: Self.maximumByteCount)
    guard let signer = IdentityPublicKey(base64URL: jws.keyID) else { throw .malformed }
    var reader = JSONReader(jws.payload)
    var (issued, entries): (Int64?, [Entry]?)
    try reader.open("{")
    while let name = try reader.nextName() {
      switch name {
      case "iat": try issued.setOnce(try reader.integer())
      case "keys": try entries.setOnce(try Self.readEntries(&reader))
      default: throw .malformed
      }
    }
    try reader.end()
    let issue = try issued.required()
    self.init(entries: try entries.required(), signer: signer)
    guard root == nil || root == signer else { throw .unknownKey }
    guard signer.isValid(signature: jws.signature, of: jws.signedBytes) else { throw .wrongSignature }
    guard issue <= now + Ticket.skewSeconds else { throw .notYet }
  }

  private static func readEntries(_ reader: inout JSONReader) throws(TicketError) -> [Entry] {
    var entries: [Entry] = []
    try reader.open("[")
    while try reader.next(before: "]") {
      guard entries.count < Self.maximumEntryCount else { throw .malformed }
      entries.append(try Entry(reading: &reader))
    }
    return entries
  }

  /// - Throws: `unknownKey` when no entry of that name holds at `now`, `wrongSignature` when none of them has signed.
  func verify(_ jws: CompactJWS, now: Int64) throws(TicketError) {
    var isKnown = false
    for entry in self.entries where entry.kid == jws.keyID && entry.isValid(at: now) {
      isKnown = true
      if entry.key.isValid(signature: jws.signature, of: jws.signedBytes) { return }
    }
    throw isKnown ? .wrongSignature : .unknownKey
  }
}

extension KeySet.Entry {
  fileprivate init(reading reader: inout JSONReader) throws(TicketError) {
    var (kid, key, indexer): (String?, IdentityPublicKey?, IdentityPublicKey?)
    var (notBefore, notAfter): (Int64?, Int64?)
    try reader.open("{")
    while let name = try reader.nextName() {
      switch name {
      case "kid": try kid.setOnce(try reader.string())
      case "x": try key.setOnce(IdentityPublicKey(base64URL: try reader.string()))
      case "nbf": try notBefore.setOnce(try reader.integer())
      case "exp": try notAfter.setOnce(try reader.integer())
      case "iss": try indexer.setOnce(IdentityPublicKey(base64URL: try reader.string()))
      default: throw .malformed
      }
    }
    self.init(
      kid: try kid.required(),
      key: try key.required(),
      notBefore: try notBefore.required(),
      notAfter: try notAfter.required(),
      indexer: try indexer.required()
    )
    guard 1...16 ~= self.kid.utf8.count, self.notBefore < self.notAfter else { throw .malformed }
  }

  fileprivate func isValid(at now: Int64) -> Bool {
    self.notBefore - Ticket.skewSeconds <= now && now < self.notAfter + Ticket.skewSeconds
  }
}
