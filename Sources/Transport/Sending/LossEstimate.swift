/// The share of packets that the path loses, smoothed over the peer's reports: soon up, slowly down.
///
/// What protects against loss should be there at once when loss begins, and stay for a while, since loss comes back.
///
/// - Spec: RFC 3550 §6.4.1 (fraction lost).
struct LossEstimate: Sendable {
  private static let riseShare = 0.5
  /// At four reports a second, half of it is forgotten after 1.4 s.
  private static let fallShare = 0.125

  /// 0 ... 1.
  private(set) var share = 0.0

  /// - Parameter fractionLost: of 256 packets since the report before.
  mutating func record(fractionLost: UInt8) {
    let measured = Double(fractionLost) / 256
    self.share += (measured - self.share) * (measured > self.share ? Self.riseShare : Self.fallShare)
  }
}
