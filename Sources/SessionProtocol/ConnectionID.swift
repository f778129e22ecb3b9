internal import Octets

/// Names one session for as long as it may be resumed: 16 random bytes.
public struct ConnectionID: Hashable, Sendable {
  static let byteCount = 16

  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Parameter generator: unpredictable in production.
  public static func random(using generator: inout some RandomNumberGenerator) -> ConnectionID {
    ConnectionID(high: generator.next(), low: generator.next())
  }

  /// Traps if 16 bytes from `offset` do not lie within the span.
  init(parsing bytes: RawSpan, at offset: Int) {
    self.high = bytes.bigEndian(at: offset)
    self.low = bytes.bigEndian(at: offset + 8)
  }

  func serialize(into bytes: inout [UInt8]) {
    bytes.appendBigEndian(self.high)
    bytes.appendBigEndian(self.low)
  }
}

extension ConnectionID: CustomStringConvertible {
  /// 32 hexadecimal digits.
  public var description: String {
    [self.high, self.low].map {
      let digits = String($0, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
