/// What one second of a session was like.
public struct SecondSample: Hashable, Sendable {
  /// Seconds since the session began, at the sample's end.
  public var second: Int64 = 0
  public var framesReceived: Int64 = 0
  public var framesDecoded: Int64 = 0
  public var framesLost: Int64 = 0
  /// Bits of media and control received in the second, packet headers included.
  public var bitsPerSecond: Int64 = 0
  public var packetsReceived: Int64 = 0
  /// Packets that were lost on the way, before repair.
  public var packetsLost: Int64 = 0
  public var packetsRetransmitted: Int64 = 0
  /// Smoothed round-trip time; 0 while not known.
  public var roundTripNanoseconds: Int64 = 0
  /// Mean time in each stage of the second's frames, by ``LatencyStage``'s raw value; 0 where not known.
  public var stageNanoseconds = [Int64](repeating: 0, count: LatencyStage.allCases.count)

  public init() {}

  /// Lost packets among those sent, 0 … 1.
  public var lossFraction: Double {
    let total = self.packetsReceived + self.packetsLost
    return total == 0 ? 0 : Double(self.packetsLost) / Double(total)
  }
}
