extension MutableRawSpan {
  /// Sets the bytes of `range` to zero. Traps if it does not lie within the span.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func clear(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= self.byteCount, "the range must lie within the span")
    unsafe self.withUnsafeMutableBytes { bytes in
      // SAFETY: bounds were checked above, and a byte is trivial.
      guard let base = bytes.baseAddress, !range.isEmpty else { return }
      unsafe (base + range.lowerBound).initializeMemory(as: UInt8.self, repeating: 0, count: range.count)
    }
  }
}
