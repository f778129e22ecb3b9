internal import Crypto

/// A host's, a player's or an indexer's long-lived Ed25519 key: whoever holds it is that host, player or indexer.
///
/// - Spec: RFC 8032 §5.1; Protocol/identity.md §1.
public struct IdentityKey: Sendable {
  /// Bytes of a seed.
  public static let seedByteCount = 32

  let privateKey: Curve25519.Signing.PrivateKey
  public let publicKey: IdentityPublicKey

  /// A new key, from the system's secure generator.
  public init() {
    self.init(Curve25519.Signing.PrivateKey())
  }

  /// - Parameter seed: 32 bytes, as ``seed`` gives them.
  /// - Returns: `nil` unless there are 32 bytes.
  public init?(seed: [UInt8]) {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { return nil }
    self.init(key)
  }

  private init(_ key: Curve25519.Signing.PrivateKey) {
    guard let publicKey = IdentityPublicKey(Array(key.publicKey.rawRepresentation)) else {
      preconditionFailure("an Ed25519 public key has 32 bytes")
    }
    self.privateKey = key
    self.publicKey = publicKey
  }

  /// The 32 bytes that the key is made from: to be stored where only its owner can read them.
  public var seed: [UInt8] {
    Array(self.privateKey.rawRepresentation)
  }

  /// The 32 bytes of the X25519 private key that goes with this identity, for the transport's handshake.
  ///
  /// Derived, so there is one file to keep and one secret to lose.
  ///
  /// - Spec: Protocol/identity.md §1.
  public var transportKey: [UInt8] {
    self.derive("martlet transport key v1")
  }

  /// - Returns: the 64 bytes of an Ed25519 signature.
  public func sign(_ message: [UInt8]) -> [UInt8] {
    self.privateKey.signatureBytes(of: message)
  }

  /// 32 bytes that only the holder of the seed can know.
  func derive(_ purpose: String) -> [UInt8] {
    let key = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: self.seed),
      info: Array(purpose.utf8),
      outputByteCount: 32
    )
    // SAFETY: the buffer is copied before the closure returns.
    return unsafe key.withUnsafeBytes { unsafe Array($0) }
  }
}

extension Curve25519.Signing.PrivateKey {
  func signatureBytes(of message: [UInt8]) -> [UInt8] {
    guard let signature = try? self.signature(for: message) else {
      preconditionFailure("a key that was made can sign")
    }
    return Array(signature)
  }
}
