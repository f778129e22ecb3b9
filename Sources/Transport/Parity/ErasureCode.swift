/// How the symbols of a block lie in memory: rows of ``rowByteCount`` bytes, the sources first, then the parity.
public struct ErasureLayout: Hashable, Sendable {
  /// From the start of a row to that of the next.
  public static let rowByteCount = 1200
  /// Rows at most.
  public static let maximumRowCount = 255

  /// At least 1; with ``parityCount``, at most ``maximumRowCount``.
  public var sourceCount: Int
  /// At least 1.
  public var parityCount: Int
  /// Bytes of each row that count, 1 ... ``rowByteCount``.
  public var symbolByteCount: Int

  public init(sourceCount: Int, parityCount: Int, symbolByteCount: Int) {
    precondition(sourceCount > 0 && parityCount > 0, "a block has sources and parity")
    precondition(sourceCount + parityCount <= Self.maximumRowCount, "a block has at most 255 symbols")
    precondition(symbolByteCount > 0 && symbolByteCount <= Self.rowByteCount, "a symbol fits into its row")
    self.sourceCount = sourceCount
    self.parityCount = parityCount
    self.symbolByteCount = symbolByteCount
  }

  /// Where row number `index` begins.
  public func start(ofRow index: Int) -> Int { index * Self.rowByteCount }
}

/// Computes parity of packets and, from parity, packets that are missing.
///
/// Systematic Reed–Solomon over GF(2⁸) with the polynomial x⁸ + x⁴ + x³ + x² + 1: the coefficient of source `s` in parity
/// symbol `p` of a block of `k` sources is the inverse of `(k + p) XOR s`. Any `k` symbols of a block suffice for all of
/// it. Used by one thread at a time.
///
/// - Spec: Protocol/media.md §8.
public protocol ErasureCode: AnyObject {
  /// Fills the parity rows of `rows`.
  func encode(_ rows: inout MutableRawSpan, layout: ErasureLayout)

  /// Fills the source rows that are missing; all others are there.
  ///
  /// - Parameters:
  ///   - missing: rows of sources to fill, ascending, at least one.
  ///   - parity: which parity symbols to use, from 0, as many as are missing; their rows are there and may be
  ///     overwritten.
  func rebuild(_ rows: inout MutableRawSpan, layout: ErasureLayout, missing: [Int], parity: [Int])
}
