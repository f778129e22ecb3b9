internal import Crypto
public import SessionProtocol

/// The SRTP master keys of one session, which both ends derive from the completed handshake.
///
/// - Spec: Protocol/session.md §6.
public struct SessionKeys: Hashable, Sendable {
  public let hostToPlayer: SRTPMasterKey
  public let playerToHost: SRTPMasterKey

  init(_ result: NoiseIK.Result) {
    let output = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: result.initiatorKey + result.responderKey),
      salt: result.handshakeHash,
      info: Array("Martlet SRTP v1".utf8),
      outputByteCount: 2 * SRTPMasterKey.byteCount
    )
    // SAFETY: the buffer is copied before the closure returns.
    let bytes = unsafe output.withUnsafeBytes { unsafe Array($0) }
    self.hostToPlayer = SRTPMasterKey(Array(bytes[..<SRTPMasterKey.byteCount]))
    self.playerToHost = SRTPMasterKey(Array(bytes[SRTPMasterKey.byteCount...]))
  }
}
