extension [UInt8] {
  /// The array's bytes, borrowed.
  @inlinable
  public var octets: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      // SAFETY: every byte of a `UInt8` is initialized.
      unsafe self.span.bytes
    }
  }
}
