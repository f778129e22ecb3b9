/// The alphabet of identifiers, keys and tickets.
///
/// - Spec: RFC 4648 §5, without padding.
public enum Base64URL {
  /// The six bits that a character stands for.
  @inlinable
  public static func value(of character: UInt8) -> UInt64? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt64(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt64(character - UInt8(ascii: "a") + 26)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(character - UInt8(ascii: "0") + 52)
    case UInt8(ascii: "-"): 62
    case UInt8(ascii: "_"): 63
    default: nil
    }
  }

  /// The character of six bits; higher bits must be zero.
  @inlinable
  public static func character(of value: UInt64) -> UInt8 {
    switch UInt8(value) {
    case let value where value < 26: value + UInt8(ascii: "A")
    case let value where value < 52: value - 26 + UInt8(ascii: "a")
    case let value where value < 62: value - 52 + UInt8(ascii: "0")
    case 62: UInt8(ascii: "-")
    default: UInt8(ascii: "_")
    }
  }

  /// - Returns: 4 characters for every 3 bytes, and 2 or 3 for what is left.
  @inlinable
  public static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var characters: [UInt8] = []
    characters.reserveCapacity(bytes.count * 4 / 3 + 2)
    var pending: UInt64 = 0
    var bitCount: UInt64 = 0
    for byte in bytes {
      pending = (pending << 8 | UInt64(byte)) & 0xFFFF
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        characters.append(Self.character(of: pending >> bitCount & 0x3F))
      }
    }
    if bitCount > 0 { characters.append(Self.character(of: pending << (6 - bitCount) & 0x3F)) }
    return characters
  }

  /// - Returns: `nil` when a character is not of the alphabet, when one is left over, or when unused bits are not zero.
  @inlinable
  public static func decode(_ characters: some Collection<UInt8>) -> [UInt8]? {
    guard characters.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count * 3 / 4)
    var pending: UInt64 = 0
    var bitCount: UInt64 = 0
    for character in characters {
      guard let value = Self.value(of: character) else { return nil }
      pending = (pending << 6 | value) & 0xFFFF
      bitCount += 6
      guard bitCount >= 8 else { continue }
      bitCount -= 8
      bytes.append(UInt8(truncatingIfNeeded: pending >> bitCount))
    }
    guard pending & (1 << bitCount - 1) == 0 else { return nil }
    return bytes
  }
}
