import Octets
internal import Crypto
internal import SessionProtocol

/// Noise's SymmetricState and CipherState for AESGCM and SHA256.
///
/// - Spec: The Noise Protocol Framework, revision 34, §4 and §5.
struct SymmetricState: Sendable {
  static let tagByteCount = 16

  private var chainingKey: SymmetricKey
  /// `h` of the specification.
  private(set) var handshakeHash: [UInt8]
  private var key: SymmetricKey?
  private var nonce: UInt64 = 0

  /// - Parameter protocolName: at most 32 bytes.
  init(protocolName: String, prologue: [UInt8]) {
    let name = Array(protocolName.utf8)
    precondition(name.count <= 32, "a longer protocol name would have to be hashed")
    self.handshakeHash = name + [UInt8](repeating: 0, count: 32 - name.count)
    self.chainingKey = SymmetricKey(data: self.handshakeHash)
    self.mixHash(prologue)
  }

  mutating func mixHash(_ data: [UInt8]) {
    var hash = SHA256()
    hash.update(data: self.handshakeHash)
    hash.update(data: data)
    self.handshakeHash = Array(hash.finalize())
  }

  mutating func mixKey(_ secret: SharedSecret) {
    // SAFETY: the buffer is copied before the closure returns.
    let input = unsafe secret.withUnsafeBytes { unsafe Array($0) }
    let outputs = Self.derive(from: self.chainingKey, input: input)
    self.chainingKey = SymmetricKey(data: outputs.first)
    self.key = SymmetricKey(data: outputs.second)
    self.nonce = 0
  }

  /// Encrypts and appends the tag, once a key has been mixed in.
  mutating func encryptAndHash(_ plaintext: [UInt8]) -> [UInt8] {
    guard let key = self.key,
      let box = try? AES.GCM.seal(
        plaintext,
        using: key,
        nonce: Self.gcmNonce(self.nonce),
        authenticating: self.handshakeHash
      )
    else { preconditionFailure("the IK pattern has a key before it encrypts, and 12-byte nonces are valid") }
    self.nonce += 1
    let ciphertext = Array(box.ciphertext) + Array(box.tag)
    self.mixHash(ciphertext)
    return ciphertext
  }

  /// - Returns: `nil` if `ciphertext` is not authentic; the state is then of no further use.
  mutating func decryptAndHash(_ ciphertext: [UInt8]) -> [UInt8]? {
    guard let key = self.key, ciphertext.count >= Self.tagByteCount,
      let box = try? AES.GCM.SealedBox(
        nonce: Self.gcmNonce(self.nonce),
        ciphertext: ciphertext.dropLast(Self.tagByteCount),
        tag: ciphertext.suffix(Self.tagByteCount)
      ),
      let plaintext = try? AES.GCM.open(box, using: key, authenticating: self.handshakeHash)
    else { return nil }
    self.nonce += 1
    self.mixHash(ciphertext)
    return Array(plaintext)
  }

  /// The two transport keys, 32 bytes each: the initiator's first.
  func split() -> (initiator: [UInt8], responder: [UInt8]) {
    let outputs = Self.derive(from: self.chainingKey, input: [])
    return (outputs.first, outputs.second)
  }

  /// Noise's HKDF with two outputs.
  ///
  /// - Spec: Noise revision 34, §4.3.
  private static func derive(from chainingKey: SymmetricKey, input: [UInt8]) -> (first: [UInt8], second: [UInt8]) {
    let temporary = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: input, using: chainingKey))
    let first = Array(HMAC<SHA256>.authenticationCode(for: [1], using: temporary))
    let second = Array(HMAC<SHA256>.authenticationCode(for: first + [2], using: temporary))
    return (first, second)
  }

  /// Four zero bytes and the counter, most significant byte first.
  ///
  /// - Spec: Noise revision 34, §12.4.
  private static func gcmNonce(_ counter: UInt64) throws -> AES.GCM.Nonce {
    var bytes: [UInt8] = [0, 0, 0, 0]
    bytes.appendBigEndian(counter)
    return try AES.GCM.Nonce(data: bytes)
  }
}
