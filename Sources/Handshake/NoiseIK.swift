internal import Crypto
internal import SessionProtocol

/// The two messages of Noise_IK_25519_AESGCM_SHA256.
///
/// The initiator knows the responder's static key beforehand. Each step consumes the state before it, so that a message
/// that turns out not to be authentic leaves the earlier state as it was.
///
/// - Spec: The Noise Protocol Framework, revision 34, §7.5: `<- s`, `-> e, es, s, ss`, `<- e, ee, se`.
enum NoiseIK {
  static let protocolName = "Noise_IK_25519_AESGCM_SHA256"
  static let keyByteCount = 32
  /// Bytes of the first message besides its payload: the ephemeral key, the encrypted static key and two tags.
  static let firstOverhead = keyByteCount + keyByteCount + 2 * SymmetricState.tagByteCount
  /// Bytes of the second message besides its payload.
  static let secondOverhead = keyByteCount + SymmetricState.tagByteCount

  typealias PrivateKey = Curve25519.KeyAgreement.PrivateKey

  /// What both ends have when the handshake is complete.
  struct Result {
    let payload: [UInt8]
    let handshakeHash: [UInt8]
    let initiatorKey: [UInt8]
    let responderKey: [UInt8]

    fileprivate init(_ symmetric: SymmetricState, payload: [UInt8]) {
      self.payload = payload
      self.handshakeHash = symmetric.handshakeHash
      (self.initiatorKey, self.responderKey) = symmetric.split()
    }
  }

  /// The initiator after its first message.
  struct Initiator: Sendable {
    let message: [UInt8]
    private let symmetric: SymmetricState
    private let staticKey: PrivateKey
    private let ephemeral: PrivateKey

    /// - Returns: `nil` if the responder's key is one that no honest responder has (of low order).
    init?(staticKey: PrivateKey, ephemeral: PrivateKey, responder: PublicKey, prologue: [UInt8], payload: [UInt8]) {
      guard let responderKey = NoiseIK.publicKey(responder.bytes) else { return nil }
      var symmetric = SymmetricState(protocolName: NoiseIK.protocolName, prologue: prologue)
      symmetric.mixHash(responder.bytes)
      var message = Array(ephemeral.publicKey.rawRepresentation)
      symmetric.mixHash(message)
      guard let es = NoiseIK.agree(ephemeral, responderKey) else { return nil }
      symmetric.mixKey(es)
      message += symmetric.encryptAndHash(Array(staticKey.publicKey.rawRepresentation))
      guard let ss = NoiseIK.agree(staticKey, responderKey) else { return nil }
      symmetric.mixKey(ss)
      message += symmetric.encryptAndHash(payload)
      self.message = message
      self.symmetric = symmetric
      self.staticKey = staticKey
      self.ephemeral = ephemeral
    }

    /// Reads the responder's message; `nil` if it is not authentic.
    func finish(_ message: [UInt8]) -> Result? {
      guard message.count >= NoiseIK.secondOverhead else { return nil }
      let remote = Array(message[..<NoiseIK.keyByteCount])
      guard let remoteKey = NoiseIK.publicKey(remote),
        let ee = NoiseIK.agree(self.ephemeral, remoteKey),
        let se = NoiseIK.agree(self.staticKey, remoteKey)
      else { return nil }
      var symmetric = self.symmetric
      symmetric.mixHash(remote)
      symmetric.mixKey(ee)
      symmetric.mixKey(se)
      guard let payload = symmetric.decryptAndHash(Array(message[NoiseIK.keyByteCount...])) else { return nil }
      return Result(symmetric, payload: payload)
    }
  }

  /// The responder after the initiator's message.
  struct Responder: Sendable {
    let initiator: PublicKey
    let payload: [UInt8]
    private let symmetric: SymmetricState
    private let initiatorKey: Curve25519.KeyAgreement.PublicKey
    private let initiatorEphemeral: Curve25519.KeyAgreement.PublicKey

    /// Reads the initiator's message; `nil` if it is not authentic or not meant for `staticKey`.
    init?(staticKey: PrivateKey, prologue: [UInt8], message: [UInt8]) {
      guard message.count >= NoiseIK.firstOverhead else { return nil }
      let remote = Array(message[..<NoiseIK.keyByteCount])
      let endOfStatic = 2 * NoiseIK.keyByteCount + SymmetricState.tagByteCount
      var symmetric = SymmetricState(protocolName: NoiseIK.protocolName, prologue: prologue)
      symmetric.mixHash(Array(staticKey.publicKey.rawRepresentation))
      symmetric.mixHash(remote)
      guard let ephemeral = NoiseIK.publicKey(remote),
        let es = NoiseIK.agree(staticKey, ephemeral)
      else { return nil }
      symmetric.mixKey(es)
      guard let initiatorBytes = symmetric.decryptAndHash(Array(message[NoiseIK.keyByteCount..<endOfStatic])),
        let initiator = PublicKey(initiatorBytes), let initiatorKey = NoiseIK.publicKey(initiatorBytes),
        let ss = NoiseIK.agree(staticKey, initiatorKey)
      else { return nil }
      symmetric.mixKey(ss)
      guard let payload = symmetric.decryptAndHash(Array(message[endOfStatic...])) else { return nil }
      self.initiator = initiator
      self.payload = payload
      self.symmetric = symmetric
      self.initiatorKey = initiatorKey
      self.initiatorEphemeral = ephemeral
    }

    /// Writes the responder's message; `nil` if the initiator's keys turn out to be of low order.
    func finish(ephemeral: PrivateKey, payload: [UInt8]) -> (message: [UInt8], result: Result)? {
      var symmetric = self.symmetric
      var message = Array(ephemeral.publicKey.rawRepresentation)
      symmetric.mixHash(message)
      guard let ee = NoiseIK.agree(ephemeral, self.initiatorEphemeral),
        let se = NoiseIK.agree(ephemeral, self.initiatorKey)
      else { return nil }
      symmetric.mixKey(ee)
      symmetric.mixKey(se)
      message += symmetric.encryptAndHash(payload)
      return (message, Result(symmetric, payload: payload))
    }
  }

  /// - Returns: `nil` where the public key is of low order, so that the secret would be zero whoever computes it.
  /// - Spec: RFC 7748 §6.1.
  private static func agree(_ privateKey: PrivateKey, _ publicKey: Curve25519.KeyAgreement.PublicKey) -> SharedSecret? {
    guard let secret = try? privateKey.sharedSecretFromKeyAgreement(with: publicKey) else { return nil }
    // SAFETY: the buffer is read within the closure only. Every byte is looked at, so the time tells nothing.
    let isZero = unsafe secret.withUnsafeBytes { unsafe $0.reduce(0) { $0 | $1 } == 0 }
    return isZero ? nil : secret
  }

  private static func publicKey(_ bytes: [UInt8]) -> Curve25519.KeyAgreement.PublicKey? {
    try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: bytes)
  }
}
