internal import Crypto

/// Where ephemeral keys and cookie secrets come from; tests put known ones in place.
struct KeySource: Sendable {
  /// Returns 32 bytes, never the same twice.
  let next: @Sendable () -> [UInt8]

  /// The system's secure generator.
  static let secure = KeySource { Array(Curve25519.KeyAgreement.PrivateKey().rawRepresentation) }

  func ephemeral() -> NoiseIK.PrivateKey {
    guard let key = try? NoiseIK.PrivateKey(rawRepresentation: self.next()) else {
      preconditionFailure("any 32 bytes are an X25519 private key")
    }
    return key
  }
}
