internal import Crypto
public import SessionProtocol

/// A player's or a host's long-lived X25519 key pair.
public struct StaticKeyPair: Sendable {
  public static let byteCount = 32

  let privateKey: Curve25519.KeyAgreement.PrivateKey
  public let publicKey: PublicKey

  /// A new key pair, from the system's secure generator.
  public init() {
    self.init(Curve25519.KeyAgreement.PrivateKey())
  }

  /// - Parameter rawPrivateKey: 32 bytes, as ``rawPrivateKey`` gives them.
  /// - Returns: `nil` unless there are 32 bytes.
  public init?(rawPrivateKey: [UInt8]) {
    guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: rawPrivateKey) else { return nil }
    self.init(key)
  }

  private init(_ key: Curve25519.KeyAgreement.PrivateKey) {
    guard let publicKey = PublicKey(Array(key.publicKey.rawRepresentation)) else {
      preconditionFailure("an X25519 public key has 32 bytes")
    }
    self.privateKey = key
    self.publicKey = publicKey
  }

  /// The private key's 32 bytes: to be stored where only its owner can read it.
  public var rawPrivateKey: [UInt8] {
    Array(self.privateKey.rawRepresentation)
  }
}
