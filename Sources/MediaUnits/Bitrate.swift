/// A rate of data.
public struct Bitrate: Hashable, Comparable, Sendable {
  /// Bits per second, never negative.
  public var bitsPerSecond: Int64

  @inlinable
  public init(bitsPerSecond: Int64) {
    precondition(bitsPerSecond >= 0, "a bitrate cannot be negative")
    self.bitsPerSecond = bitsPerSecond
  }

  /// - Parameter value: millions of bits per second, at least 0.
  @inlinable
  public static func megabits(_ value: Double) -> Bitrate {
    Bitrate(bitsPerSecond: Int64(value * 1e6))
  }

  /// - Parameter value: thousands of bits per second, at least 0.
  @inlinable
  public static func kilobits(_ value: Int64) -> Bitrate {
    Bitrate(bitsPerSecond: value * 1000)
  }

  /// Millions of bits per second.
  @inlinable
  public var megabits: Double {
    Double(self.bitsPerSecond) / 1e6
  }

  @inlinable
  public static func < (lhs: Bitrate, rhs: Bitrate) -> Bool {
    lhs.bitsPerSecond < rhs.bitsPerSecond
  }

  /// How long `byteCount` bytes take at this rate; zero at a rate of zero, which means unlimited.
  @inlinable
  public func transmissionTime(ofByteCount byteCount: Int) -> Duration {
    guard self.bitsPerSecond > 0 else { return .zero }
    return .nanoseconds(Int64(Double(byteCount) * 8e9 / Double(self.bitsPerSecond)))
  }

  /// Bytes that fit into one of `frameRate` frames a second, rounded down.
  @inlinable
  public func byteCount(perFrameAt frameRate: Int) -> Int {
    Int(self.bitsPerSecond) / (8 * frameRate)
  }
}
