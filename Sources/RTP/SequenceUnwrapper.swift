/// Extends numbers of 16 bits that wrap to numbers of 64 bits that do not.
///
/// Each number is taken as the one nearest to the newest seen so far, so late numbers go back and are recognised
/// as late. A number that is late by more than 32768 cannot be told from one that is early.
///
/// - Spec: RFC 3550 App. A.1 (extended sequence number).
public struct SequenceUnwrapper: Hashable, Sendable {
  /// The largest extended number returned so far; `nil` before the first.
  public private(set) var newest: Int64?

  public init() {}

  /// - Returns: the extended sequence number; the first is the raw value itself, and numbers from before it may be
  ///   negative.
  public mutating func unwrap(_ number: SequenceNumber) -> Int64 {
    self.unwrap(raw: number.rawValue)
  }

  /// As ``unwrap(_:)``, for any other 16-bit counter, such as a frame index.
  public mutating func unwrap(raw: UInt16) -> Int64 {
    guard let newest = self.newest else {
      self.newest = Int64(raw)
      return Int64(raw)
    }
    let step = Int16(truncatingIfNeeded: Int64(raw) - newest)
    let extended = newest + Int64(step)
    if extended > newest { self.newest = extended }
    return extended
  }
}
