internal import Octets

/// The round trip probe: STUN Binding requests and success responses, nothing else of STUN.
///
/// A request is as long as the longest response, so that nobody can make a host send more than was sent to it.
///
/// - Spec: RFC 8489 §5, §14.2; Protocol/session.md §8.
public enum STUNBinding {
  /// Bytes of every request that ``request(transaction:)`` makes, and the most that a response has.
  public static let requestByteCount = 44
  /// Bytes of a transaction identifier.
  public static let transactionByteCount = 12

  private static let headerByteCount = 20
  private static let magicCookie: UInt32 = 0x2112_A442
  private static let bindingRequest: UInt16 = 0x0001
  private static let bindingSuccess: UInt16 = 0x0101
  private static let xorMappedAddress: UInt16 = 0x0020
  /// Comprehension-optional, so every STUN server answers a request that has it.
  private static let software: UInt16 = 0x8022
  /// With its header this fills a request up to the length of a response that carries an IPv6 address.
  private static let softwareName = Array("Martlet round trip 1".utf8)

  /// A request.
  ///
  /// - Parameter transaction: 12 bytes, unpredictable to whoever might want to forge the response.
  public static func request(transaction: [UInt8]) -> [UInt8] {
    precondition(transaction.count == Self.transactionByteCount, "a transaction identifier has 12 bytes")
    var bytes = Self.header(
      Self.bindingRequest,
      attributesByteCount: 4 + Self.softwareName.count,
      transaction: transaction
    )
    bytes.appendBigEndian(Self.software)
    bytes.appendBigEndian(UInt16(Self.softwareName.count))
    return bytes + Self.softwareName
  }

  /// The response to a request.
  ///
  /// - Parameters:
  ///   - request: a whole datagram, from anybody.
  ///   - address: where it came from, 16 octets in network order; an IPv4 address in its IPv4-mapped form.
  ///   - port: of that address.
  /// - Returns: `nil` if this is no Binding request, asks for something that must be understood, or is shorter than its
  ///   response.
  public static func response(
    to request: RawSpan,
    from address: (high: UInt64, low: UInt64),
    port: UInt16
  ) -> [UInt8]? {
    guard Self.type(of: request) == Self.bindingRequest, Self.isUnderstood(request) else { return nil }
    let isIPv4 = address.high == 0 && address.low >> 32 == 0xFFFF
    let valueByteCount = isIPv4 ? 8 : 20
    guard request.byteCount >= Self.headerByteCount + 4 + valueByteCount else { return nil }
    let transaction = Self.transaction(of: request)
    var bytes = Self.header(Self.bindingSuccess, attributesByteCount: 4 + valueByteCount, transaction: transaction)
    bytes.appendBigEndian(Self.xorMappedAddress)
    bytes.appendBigEndian(UInt16(valueByteCount))
    bytes.append(0)
    bytes.append(isIPv4 ? 1 : 2)
    bytes.appendBigEndian(port ^ UInt16(Self.magicCookie >> 16))
    if isIPv4 {
      bytes.appendBigEndian(UInt32(truncatingIfNeeded: address.low) ^ Self.magicCookie)
    } else {
      // The cookie and the transaction, as they stand in the header.
      bytes.appendBigEndian(address.high ^ request.bigEndian(at: 4, as: UInt64.self))
      bytes.appendBigEndian(address.low ^ request.bigEndian(at: 12, as: UInt64.self))
    }
    return bytes
  }

  /// The transaction of a success response.
  ///
  /// - Parameter response: a whole datagram, from anybody.
  /// - Returns: 12 bytes; `nil` if this is no success response to a Binding request.
  public static func transaction(ofResponse response: RawSpan) -> [UInt8]? {
    guard Self.type(of: response) == Self.bindingSuccess else { return nil }
    return Self.transaction(of: response)
  }

  private static func header(_ type: UInt16, attributesByteCount: Int, transaction: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.requestByteCount)
    bytes.appendBigEndian(type)
    bytes.appendBigEndian(UInt16(attributesByteCount))
    bytes.appendBigEndian(Self.magicCookie)
    return bytes + transaction
  }

  /// The message type; `nil` if this is no STUN message, or not a whole one.
  private static func type(of message: RawSpan) -> UInt16? {
    guard message.byteCount >= Self.headerByteCount, message.bigEndian(at: 4, as: UInt32.self) == Self.magicCookie
    else { return nil }
    let attributesByteCount = Int(message.bigEndian(at: 2, as: UInt16.self))
    guard attributesByteCount % 4 == 0, Self.headerByteCount + attributesByteCount == message.byteCount else {
      return nil
    }
    return message.bigEndian(at: 0, as: UInt16.self)
  }

  /// Traps unless the message has a whole header.
  private static func transaction(of message: RawSpan) -> [UInt8] {
    message.array(8..<Self.headerByteCount)
  }

  /// Whether every attribute lies within the message and may be ignored.
  private static func isUnderstood(_ message: RawSpan) -> Bool {
    var offset = Self.headerByteCount
    while offset < message.byteCount {
      guard offset + 4 <= message.byteCount, message.bigEndian(at: offset, as: UInt16.self) >= 0x8000 else {
        return false
      }
      offset += 4 + (Int(message.bigEndian(at: offset + 2, as: UInt16.self)) + 3) & ~3
    }
    return offset == message.byteCount
  }
}
