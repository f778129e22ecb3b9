/// Keeps what is sent to an address that has not proved itself below three times what came from it.
///
/// - Spec: Protocol/session.md §5; the factor is RFC 9000 §8.1's.
public struct AmplificationLimit: Hashable, Sendable {
  /// Bytes that may be sent for each byte received.
  public static let factor = 3

  private var allowance = 0
  /// Whether the address has proved that it receives what is sent to it.
  public private(set) var isValidated = false

  public init() {}

  /// Notes a datagram that came from the address.
  ///
  /// - Parameter byteCount: at least 0.
  public mutating func received(byteCount: Int) {
    self.allowance += Self.factor * byteCount
  }

  /// Whether a datagram of `byteCount` bytes may be sent now.
  public func canSend(byteCount: Int) -> Bool {
    self.isValidated || byteCount <= self.allowance
  }

  /// Notes a datagram that was sent.
  public mutating func sent(byteCount: Int) {
    self.allowance -= byteCount
  }

  /// Lifts the limit: an authentic packet that only the address's owner can have made has arrived.
  public mutating func validated() {
    self.isValidated = true
  }
}
