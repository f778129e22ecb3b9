internal import Crypto
internal import IndexAPI

/// The key that an indexer signs one day's tickets with, derived from its identity.
///
/// Derived, so an indexer that restarts has it again and nothing needs to be stored; one a day, so the key in constant
/// use is not the one that everything rests on, and an old ticket key is worthless soon.
///
/// - Spec: Protocol/identity.md §4.
public struct EpochKey: Sendable {
  /// An epoch's length.
  public static let secondsPerEpoch: Int64 = 86_400

  /// Days since 1970, UTC.
  public let epoch: Int64
  /// The first 16 characters of the base64url of the public key's SHA-256.
  public let kid: String
  public let publicKey: IdentityPublicKey
  /// Whose it is.
  public let indexer: IdentityPublicKey

  private let privateKey: Curve25519.Signing.PrivateKey
  let ticketPrefix: [UInt8]
  let queueTicketPrefix: [UInt8]

  public init(identity: IdentityKey, epoch: Int64) {
    guard let key = IdentityKey(seed: identity.derive("martlet ticket epoch \(epoch)")) else {
      preconditionFailure("a derived seed has 32 bytes")
    }
    self.epoch = epoch
    self.kid = Self.kid(of: key.publicKey)
    self.publicKey = key.publicKey
    self.indexer = identity.publicKey
    self.privateKey = key.privateKey
    // Every ticket of the epoch begins with the same bytes.
    self.ticketPrefix = CompactJWS.prefix(kind: .ticket, keyID: self.kid)
    self.queueTicketPrefix = CompactJWS.prefix(kind: .queueTicket, keyID: self.kid)
  }

  /// The epoch of a time.
  ///
  /// - Parameter unix: seconds since 1970.
  public static func epoch(at unix: Int64) -> Int64 {
    unix / Self.secondsPerEpoch - (unix % Self.secondsPerEpoch < 0 ? 1 : 0)
  }

  func sign(_ message: [UInt8]) -> [UInt8] {
    self.privateKey.signatureBytes(of: message)
  }

  static func kid(of key: IdentityPublicKey) -> String {
    String(decoding: Base64URL.encode(Array(SHA256.hash(data: key.bytes).prefix(12))), as: UTF8.self)
  }
}
