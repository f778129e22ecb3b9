internal import Crypto
public import IndexAPI

/// What an identity's signatures are checked with, and what its name is made from.
///
/// - Spec: RFC 8032 §5.1.7; Protocol/identity.md §1.
public struct IdentityPublicKey: Hashable, Sendable {
  public static let byteCount = 32

  /// 32 of them.
  public let bytes: [UInt8]

  /// - Returns: `nil` unless there are 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// - Returns: `nil` unless these are the 43 characters of 32 bytes.
  public init?(base64URL text: some StringProtocol) {
    guard text.utf8.count == 43, let bytes = Base64URL.decode(text.utf8) else { return nil }
    self.init(bytes)
  }

  /// 43 characters.
  public var base64URL: String {
    String(decoding: Base64URL.encode(self.bytes), as: UTF8.self)
  }

  /// Whether the holder of the private key has signed `message`; `false` for a signature that is none.
  public func isValid(signature: [UInt8], of message: [UInt8]) -> Bool {
    guard signature.count == 64, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.bytes) else {
      return false
    }
    return key.isValidSignature(signature, for: message)
  }

  /// The host that this key is.
  public var hostID: HostID {
    let name = self.name
    return HostID(high: name.high, low: name.low)
  }

  /// The player that this key is.
  public var playerID: PlayerID {
    let name = self.name
    return PlayerID(high: name.high, low: name.low)
  }

  /// The first 16 bytes of the key's SHA-256, big-endian.
  private var name: (high: UInt64, low: UInt64) {
    var (high, low): (UInt64, UInt64) = (0, 0)
    for (index, byte) in SHA256.hash(data: self.bytes).prefix(16).enumerated() {
      if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
    }
    return (high, low)
  }
}
