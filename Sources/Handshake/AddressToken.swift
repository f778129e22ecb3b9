/// Where a datagram came from, as far as the handshake cares: 16 address octets and a port.
public struct AddressToken: Hashable, Sendable {
  public var high: UInt64
  public var low: UInt64
  public var port: UInt16

  /// - Parameters:
  ///   - high: the first eight octets in network order; an IPv4 address is given in its IPv4-mapped form.
  ///   - low: the last eight.
  public init(high: UInt64, low: UInt64, port: UInt16) {
    self.high = high
    self.low = low
    self.port = port
  }
}
