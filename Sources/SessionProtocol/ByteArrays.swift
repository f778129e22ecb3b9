internal import Octets

extension [UInt8] {
  /// Appends an integer, most significant byte first.
  package mutating func append<Integer: FixedWidthInteger>(bigEndian value: Integer) {
    for shift in stride(from: Integer.bitWidth - 8, through: 0, by: -8) {
      self.append(UInt8(truncatingIfNeeded: value >> Integer(shift)))
    }
  }
}

extension RawSpan {
  /// Copies part of the span. Traps if `range` does not lie within it.
  package func array(_ range: Range<Int>) -> [UInt8] {
    range.map { self.bigEndian(at: $0, as: UInt8.self) }
  }
}
