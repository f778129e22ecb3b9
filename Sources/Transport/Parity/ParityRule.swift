internal import MediaUnits

/// How much parity goes out with a frame.
///
/// Sending a lost packet again costs only what is lost, parity costs its bytes whether something is lost or not. So there
/// is none while two rounds of request and answer fit into the time that a packet may be late, little where one fits, and
/// only where none fits is everything left to it.
///
/// - Spec: Protocol/feedback.md §3.
/// - Source: Z. Meng et al., "Hairpin: Rethinking Packet Loss Recovery in Edge-based Interactive Video Streaming",
///   NSDI 2024, for the trade; the shares are from a search over frames of 5 to 55 packets under independent loss.
struct ParityRule: Hashable, Sendable {
  /// Packets of one block at most.
  static let maximumBlockCount = 160
  /// Less loss than this is left to requests, however long they take.
  private static let noticeableLoss = 0.003
  /// From here on one round is not enough.
  private static let heavyLoss = 0.02

  /// Smoothed, with its deviation.
  var roundTrip: Duration
  /// Share of packets that the path loses, 0 ... 1.
  var loss: Double
  /// See ``RepairRule/patience``.
  var patience = RepairRule.defaultPatience

  /// Rounds of request and answer that fit into ``patience``.
  var roundCount: Int {
    // A gap is reported after an eighth of a round trip, in case its packets are only late.
    let round = self.roundTrip + max(.milliseconds(2), self.roundTrip / 8)
    return Int(self.patience / round)
  }

  /// Parity packets for a frame of `packetCount` packets.
  func parityCount(packetCount: Int) -> Int {
    let share: Double
    switch self.roundCount {
    case 0: share = self.loss < Self.noticeableLoss ? 0 : min(max(3 * self.loss, 0.1), 0.35)
    case 1: share = self.loss <= Self.heavyLoss ? 0 : min(self.loss, 0.15)
    default: share = 0
    }
    return Int((Double(packetCount) * share).rounded(.up))
  }
}
