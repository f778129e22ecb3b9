/// The number of one RTP packet within its stream: 16 bits that wrap.
///
/// - Spec: RFC 3550 §5.1; the arithmetic is RFC 1982 §3.
public struct SequenceNumber: Hashable, Sendable {
  public var rawValue: UInt16

  @inlinable
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// The number `count` packets later, or earlier if `count` is negative; wraps.
  @inlinable
  public func advanced(by count: Int) -> SequenceNumber {
    SequenceNumber(rawValue: self.rawValue &+ UInt16(truncatingIfNeeded: count))
  }

  /// How many packets this number is after `other`, by the shorter way round; -32768 ... 32767.
  @inlinable
  public func distance(from other: SequenceNumber) -> Int {
    Int(Int16(truncatingIfNeeded: Int(self.rawValue) - Int(other.rawValue)))
  }
}
