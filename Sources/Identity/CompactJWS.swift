internal import IndexAPI

/// A signed object in its compact form, `header.payload.signature`, with the one algorithm that Martlet has.
///
/// The algorithm is not negotiated: a header that names another is refused before anything else is read, so none of the
/// attacks that choose it can be made.
///
/// - Spec: RFC 7515 §7.1; RFC 8037 §3.1; Protocol/identity.md §3.
struct CompactJWS {
  /// What kind of object it is, so that none can be taken for another.
  enum Kind: String {
    case ticket = "JWT"
    case queueTicket = "queue+jwt"
    case keySet = "keys+jwt"
  }

  let keyID: String
  let payload: [UInt8]
  let signature: [UInt8]
  /// Header and payload with the dot between them.
  let signedBytes: [UInt8]

  /// - Throws: ``TicketError/malformed`` only; the signature is not checked here.
  init(parsing bytes: [UInt8], kind: Kind, maximumByteCount: Int) throws(TicketError) {
    guard bytes.count <= maximumByteCount else { throw .malformed }
    let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[2].count == 86 else { throw .malformed }
    guard let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
      let signature = Base64URL.decode(parts[2])
    else { throw .malformed }
    self.keyID = try Self.keyID(inHeader: header, kind: kind)
    self.payload = payload
    self.signature = signature
    self.signedBytes = Array(bytes[..<parts[1].endIndex])
  }

  private static func keyID(inHeader header: [UInt8], kind: Kind) throws(TicketError) -> String {
    var reader = JSONReader(header)
    var (algorithm, type, keyID): (String?, String?, String?)
    try reader.open("{")
    while let name = try reader.nextName() {
      switch name {
      case "alg": try algorithm.setOnce(try reader.string())
      case "typ": try type.setOnce(try reader.string())
      case "kid": try keyID.setOnce(try reader.string())
      default: throw .malformed
      }
    }
    try reader.end()
    guard algorithm == "EdDSA", type == kind.rawValue else { throw .malformed }
    return try keyID.required()
  }

  /// The encoded header and the dot after it.
  static func prefix(kind: Kind, keyID: String) -> [UInt8] {
    Base64URL.encode(#"{"alg":"EdDSA","typ":"\#(kind.rawValue)","kid":"\#(keyID)"}"#.utf8) + [UInt8(ascii: ".")]
  }

  static func make(prefix: [UInt8], payload: String, sign: ([UInt8]) -> [UInt8]) -> [UInt8] {
    var bytes = prefix
    bytes.reserveCapacity(prefix.count + payload.utf8.count * 4 / 3 + 90)
    bytes += Base64URL.encode(payload.utf8)
    let signature = sign(bytes)
    bytes.append(UInt8(ascii: "."))
    bytes += Base64URL.encode(signature)
    return bytes
  }
}
