extension RawSpan {
  /// Reads a big-endian integer. Traps if it does not lie within the span.
  ///
  /// Inlinable because parsers in other modules call it per field.
  @inlinable
  public func bigEndian<Integer: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int,
    as type: Integer.Type = Integer.self
  ) -> Integer {
    // SAFETY: the load is bounds-checked, and every bit pattern is a valid integer.
    Integer(bigEndian: unsafe self.unsafeLoadUnaligned(fromByteOffset: offset, as: Integer.self))
  }
}

extension MutableRawSpan {
  /// Writes a big-endian integer. Traps if it does not lie within the span.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func storeBigEndian<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer, at offset: Int) {
    self.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Integer.self)
  }

  /// Copies all of `source` to `offset`. Traps if it does not fit.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func copy(_ source: RawSpan, at offset: Int) {
    precondition(offset >= 0 && offset + source.byteCount <= self.byteCount, "the copy must lie within the span")
    unsafe self.withUnsafeMutableBytes { destination in
      unsafe source.withUnsafeBytes { bytes in
        // SAFETY: bounds were checked above; the two spans cannot overlap, since one is borrowed mutably.
        guard let from = bytes.baseAddress, let to = destination.baseAddress else { return }
        unsafe to.advanced(by: offset).copyMemory(from: from, byteCount: bytes.count)
      }
    }
  }
}
