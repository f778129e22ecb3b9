internal import Octets

extension RawSpan {
  /// Copies part of the span. Traps if `range` does not lie within it.
  package func array(_ range: Range<Int>) -> [UInt8] {
    range.map { self.bigEndian(at: $0, as: UInt8.self) }
  }
}
