internal import MediaUnits

extension SplitMix64 {
  /// Where a stream's sequence numbers begin: below 2¹⁵, so that a receiver cannot mistake the first wrap for a step back.
  ///
  /// - Spec: RFC 3711 §3.3.1.
  mutating func nextFirstSequence() -> UInt16 {
    UInt16(truncatingIfNeeded: self.next()) & 0x7FFF
  }
}
