/// A player's or a host's static X25519 key: its name, which it proves in every handshake.
public struct PublicKey: Hashable, Sendable {
  public static let byteCount = 32
  /// Characters of the base64url form.
  public static let characterCount = 43

  /// 32 bytes.
  public let bytes: [UInt8]

  /// - Returns: `nil` unless there are 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Reads the base64url form without padding.
  ///
  /// - Returns: `nil` unless these are 43 characters of the alphabet whose unused last bits are zero.
  /// - Spec: RFC 4648 §5.
  public init?(base64URL text: some StringProtocol) {
    guard text.utf8.count == Self.characterCount else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    var pending: UInt32 = 0
    var pendingBitCount = 0
    for character in text.utf8 {
      guard let value = Self.alphabet.firstIndex(of: character) else { return nil }
      pending = pending << 6 | UInt32(value)
      pendingBitCount += 6
      guard pendingBitCount >= 8 else { continue }
      pendingBitCount -= 8
      bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(pendingBitCount)))
    }
    guard pending & ((1 << UInt32(pendingBitCount)) - 1) == 0 else { return nil }
    self.bytes = bytes
  }

  /// 43 characters, without padding.
  ///
  /// - Spec: RFC 4648 §5.
  public var base64URL: String {
    var characters: [UInt8] = []
    var pending: UInt32 = 0
    var pendingBitCount: UInt32 = 0
    for byte in self.bytes {
      pending = pending << 8 | UInt32(byte)
      pendingBitCount += 8
      while pendingBitCount >= 6 {
        pendingBitCount -= 6
        characters.append(Self.alphabet[Int(pending >> pendingBitCount & 0x3F)])
      }
    }
    characters.append(Self.alphabet[Int(pending << (6 - pendingBitCount) & 0x3F)])
    return String(decoding: characters, as: UTF8.self)
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}

extension PublicKey: CustomStringConvertible {
  public var description: String { self.base64URL }
}
