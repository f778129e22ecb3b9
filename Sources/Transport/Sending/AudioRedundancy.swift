internal import MediaUnits

/// How many of the packets before it each packet of sound repeats.
///
/// Sound is a small part of what a session sends: where a copy costs next to nothing it always goes along, since then
/// a lost packet costs neither a click nor a round trip. Otherwise it goes where packets are lost.
///
/// - Spec: Protocol/media.md §6.1.
struct AudioRedundancy: Sendable {
  /// The share of the rate of everything that copies may always take.
  private static let cheapShare = 0.02
  /// The share of the rate of everything that copies may take while packets are lost.
  private static let largestShare = 0.1
  /// From here on a copy is worth more than its bytes.
  private static let noticeableLoss = 0.005
  /// From here on two packets in a row are lost often enough for a second copy.
  private static let heavyLoss = 0.03
  /// How much of the rate's estimate the newest packet makes up.
  private static let rateGain = 1.0 / 32

  /// Of the sound without copies, smoothed, in bits per second.
  private(set) var rate = 0.0

  /// - Parameter interval: since the packet before; zero or less if that is not known.
  mutating func record(byteCount: Int, interval: Duration) {
    guard interval > .zero, interval < .seconds(1) else { return }
    let rate = Double(byteCount * 8) / interval.inSeconds
    self.rate += self.rate == 0 ? rate : (rate - self.rate) * Self.rateGain
  }

  /// - Parameters:
  ///   - loss: share of packets that are lost, 0 ... 1.
  ///   - totalRate: of everything that the path is given.
  /// - Returns: 0 ... ``RTP/RedundantAudioPayload/maximumCopyCount``.
  func copyCount(loss: Double, totalRate: Bitrate) -> Int {
    let share = totalRate.bitsPerSecond > 0 ? self.rate / Double(totalRate.bitsPerSecond) : 0
    if loss >= Self.heavyLoss, 2 * share <= Self.largestShare { return 2 }
    if share <= Self.cheapShare { return 1 }
    return loss >= Self.noticeableLoss && share <= Self.largestShare ? 1 : 0
  }
}
