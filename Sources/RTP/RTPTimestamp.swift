/// Media time in ticks of a payload's clock: 32 bits that wrap.
///
/// - Spec: RFC 3550 §5.1.
public struct RTPTimestamp: Hashable, Sendable {
  public var rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The timestamp `ticks` later, or earlier if negative; wraps.
  @inlinable
  public func advanced(by ticks: Int) -> RTPTimestamp {
    RTPTimestamp(rawValue: self.rawValue &+ UInt32(truncatingIfNeeded: ticks))
  }

  /// How many ticks this timestamp is after `other`, by the shorter way round; -2³¹ ... 2³¹ - 1.
  @inlinable
  public func distance(from other: RTPTimestamp) -> Int {
    Int(Int32(truncatingIfNeeded: Int64(self.rawValue) - Int64(other.rawValue)))
  }
}
