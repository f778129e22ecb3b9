import Identity
import IndexAPI

extension Parser {
  /// With everything that an order may have.
  private static let order = """
    {"request":"AAAAAAAAAAAAAAAAAAAAAA","game":"a-game","transportKey":"\(String(repeating: "A", count: 43))",
    "picture":"1280x720","minimumClass":1,"maximumPrice":50000,"avoid":["AAAAAAAAAAAAAAAAAAAAAA"],
    "place":{"latitude":-1.25e1,"longitude":100},"landmarks":"AAAAAAAAAAAAAAAAAAAAAA:1000",
    "probes":[{"host":"AAAAAAAAAAAAAAAAAAAAAA","roundTripMicroseconds":1,"jitterMicroseconds":2}],"waits":false}
    """

  /// What indexers, hosts and players read of each other's keys, signatures and tickets.
  static func identity() -> [Parser] {
    let samples = IdentitySamples()
    let ticket = samples.ticket.signed(by: samples.epochKey)
    let place = samples.queueTicket.signed(by: samples.epochKey)
    let keySet = Array(samples.keys.signed(by: samples.identity, issued: samples.now).utf8)
    let (keys, host, now) = (samples.keys, samples.ticket.host, samples.now)
    let stranger = samples.epochKey.publicKey
    let nobody = KeySet(entries: [], signer: stranger)
    return [
      Parser(name: "ticket", valid: [ticket], longest: 600) { bytes in
        (try? Ticket(verifying: bytes, keys: keys, host: host, now: now)) != nil
      },
      Parser(name: "queue-ticket", valid: [place], longest: 600) { bytes in
        (try? QueueTicket(verifying: bytes, keys: keys, now: now)) != nil
      },
      Parser(name: "key-set", valid: [keySet], longest: 1200) { bytes in
        (try? KeySet(verifying: String(decoding: bytes, as: UTF8.self), root: nil, now: now)) != nil
      },
      // Wounds inside the encoding reach what reads the claims. All is read when only the signer is found unknown, which
      // spares a million signature checks.
      Parser(name: "ticket-claims", valid: [Self.payload(of: ticket)], longest: 300) { bytes in
        let forged = Self.replacingPayload(of: ticket, by: bytes)
        return Self.isRead { () throws(TicketError) in
          try Ticket(verifying: forged, keys: nobody, host: host, now: now)
        }
      },
      Parser(name: "queue-ticket-claims", valid: [Self.payload(of: place)], longest: 300) { bytes in
        let forged = Self.replacingPayload(of: place, by: bytes)
        return Self.isRead { () throws(TicketError) in try QueueTicket(verifying: forged, keys: nobody, now: now) }
      },
      Parser(name: "key-set-claims", valid: [Self.payload(of: keySet)], longest: 1200) { bytes in
        let forged = String(decoding: Self.replacingPayload(of: keySet, by: bytes), as: UTF8.self)
        return Self.isRead { () throws(TicketError) in try KeySet(verifying: forged, root: stranger, now: now) }
      },
      Parser(name: "request-signature", valid: [samples.headers], longest: 600, parse: Self.requestSignature),
      Parser(name: "order", valid: [Array(Self.order.utf8)], longest: 700) { OrderReader.order($0) != nil },
      Parser(name: "identifier", valid: [Array("\(samples.ticket.session)".utf8)], longest: 30) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let identifier = SessionID(text) else { return false }
        precondition(identifier.description == text, "an identifier has one text")
        return true
      },
      Parser(name: "base64url", valid: [Base64URL.encode(Self.payload(of: place))], longest: 100) { bytes in
        guard let decoded = Base64URL.decode(bytes) else { return false }
        precondition(Base64URL.encode(decoded) == bytes, "bytes have one encoding")
        return true
      },
    ]
  }

  private static func payload(of token: [UInt8]) -> [UInt8] {
    let parts = token.split(separator: UInt8(ascii: "."))
    guard parts.count == 3, let payload = Base64URL.decode(parts[1]) else {
      preconditionFailure("a signed object has three parts")
    }
    return payload
  }

  private static func replacingPayload(of token: [UInt8], by payload: [UInt8]) -> [UInt8] {
    let parts = token.split(separator: UInt8(ascii: "."))
    let dot = UInt8(ascii: ".")
    return Array([Array(parts[0]), Base64URL.encode(payload), Array(parts[2])].joined(separator: [dot]))
  }

  private static func isRead<Value>(_ verify: () throws(TicketError) -> Value) -> Bool {
    do {
      _ = try verify()
      return true
    } catch {
      return error != .malformed
    }
  }

  /// The three headers, one a line.
  private static func requestSignature(_ bytes: [UInt8]) -> Bool {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    let verified = try? RequestSignature.verify(
      method: "POST",
      path: "/v1/sessions",
      query: "",
      body: IdentitySamples.body,
      contentDigest: lines.first,
      signatureInput: lines.dropFirst().first,
      signature: lines.dropFirst(2).first
    )
    return verified != nil
  }
}

/// Signed objects of fixed keys.
private struct IdentitySamples {
  static let body = Array("{}".utf8)

  let now: Int64 = 1_800_000_000
  let identity: IdentityKey
  let epochKey: EpochKey
  let keys: KeySet
  let ticket: Ticket
  let queueTicket: QueueTicket
  /// A request's three headers, one a line.
  let headers: [UInt8]

  init() {
    guard let identity = IdentityKey(seed: Array(1...32)) else { preconditionFailure("a seed has 32 bytes") }
    self.identity = identity
    self.epochKey = EpochKey(identity: identity, epoch: EpochKey.epoch(at: self.now))
    self.keys = KeySet(identity: identity, now: self.now)
    self.ticket = Ticket(
      session: SessionID(high: 1, low: 2),
      host: identity.publicKey.hostID,
      player: identity.publicKey.playerID,
      transportKey: identity.publicKey.bytes,
      game: "freedoom",
      notBefore: self.now,
      startBy: self.now + 30
    )
    self.queueTicket = QueueTicket(
      player: identity.publicKey.playerID,
      request: RequestID(high: 3, low: 4),
      game: "freedoom",
      enqueued: self.now * 1_000,
      isResumption: true
    )
    let headers = RequestSignature.sign(
      method: "POST",
      path: "/v1/sessions",
      query: "",
      body: Self.body,
      created: self.now,
      nonce: RequestID(high: 5, low: 6),
      key: identity
    )
    self.headers = Array("\(headers.contentDigest)\n\(headers.signatureInput)\n\(headers.signature)".utf8)
  }
}
