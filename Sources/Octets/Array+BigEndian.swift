extension [UInt8] {
  /// Appends the bytes of an integer, most significant first.
  @inlinable
  public mutating func appendBigEndian<Integer: FixedWidthInteger>(_ value: Integer) {
    var shift = Integer.bitWidth
    while shift > 0 {
      shift -= 8
      self.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// Appends all of `bytes`.
  ///
  /// - Complexity: O(n); allocates only where the array's capacity does not suffice.
  @inlinable
  public mutating func append(contentsOf bytes: RawSpan) {
    // SAFETY: the buffer is not used after the closure, and every byte is a valid `UInt8`.
    unsafe bytes.withUnsafeBytes { buffer in
      unsafe self.append(contentsOf: buffer)
    }
  }
}
