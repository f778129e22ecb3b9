/// A 128-bit name of one thing: 22 characters of base64url in text, 16 bytes in storage.
///
/// A host's and a player's are the first 16 bytes of the SHA-256 of their public key, so whoever can sign owns its name;
/// sessions and requests are random.
///
/// - Spec: Protocol/indexer.md §2.
public struct Identifier<Subject>: Hashable, Sendable {
  /// Characters of the text form.
  public static var characterCount: Int { 22 }

  public let high: UInt64
  public let low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Returns: `nil` unless there are 16 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.init(
      high: bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) },
      low: bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
    )
  }

  public static func random(using generator: inout some RandomNumberGenerator) -> Self {
    Self(high: generator.next(), low: generator.next())
  }

  /// Big-endian, 16 of them.
  public var bytes: [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? self.high : self.low) >> UInt64(56 - 8 * ($0 % 8))) }
  }
}

extension Identifier: LosslessStringConvertible {
  /// - Returns: `nil` unless these are 22 characters of the alphabet whose unused last four bits are zero.
  /// - Spec: RFC 4648 §5, without padding.
  public init?(_ text: String) {
    guard text.utf8.count == Self.characterCount else { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    for (index, character) in text.utf8.enumerated() {
      guard let value = Base64URL.value(of: character) else { return nil }
      // The last character holds two bits only.
      let width: UInt64 = index == 21 ? 2 : 6
      guard index < 21 || value & 0xF == 0 else { return nil }
      high = high << width | low >> (64 - width)
      low = low << width | (index == 21 ? value >> 4 : value)
    }
    self.init(high: high, low: low)
  }

  public var description: String {
    var characters: [UInt8] = []
    characters.reserveCapacity(Self.characterCount)
    for index in 0..<Self.characterCount {
      let first = 6 * index
      // Six bits from bit `first` on, counted from the top; the last two of them are beyond the end once.
      let value: UInt64 =
        switch first {
        case ...58: self.high >> UInt64(58 - first)
        case 59..<64: self.high << UInt64(first - 58) | self.low >> UInt64(122 - first)
        case ...122: self.low >> UInt64(122 - first)
        default: self.low << UInt64(first - 122)
        }
      characters.append(Base64URL.character(of: value & 0x3F))
    }
    return String(decoding: characters, as: UTF8.self)
  }
}

extension Identifier: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let identifier = Self(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "22 characters of base64url expected")
    }
    self = identifier
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(self.description)
  }
}

/// What an ``Identifier`` names.
public enum HostSubject {}
/// What an ``Identifier`` names.
public enum PlayerSubject {}
/// What an ``Identifier`` names.
public enum SessionSubject {}
/// What an ``Identifier`` names.
public enum RequestSubject {}

public typealias HostID = Identifier<HostSubject>
public typealias PlayerID = Identifier<PlayerSubject>
public typealias SessionID = Identifier<SessionSubject>
/// Names one request of one sender, so that repeating it changes nothing.
public typealias RequestID = Identifier<RequestSubject>
