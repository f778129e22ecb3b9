public import MediaUnits

/// Counts what arrived of one stream, for the report blocks about it.
///
/// Feed it every authenticated packet of the stream, but no retransmissions, which are another stream's. Packets are
/// authenticated, so a stream needs no probation (RFC 3550 App. A.1) before it is believed.
///
/// - Spec: RFC 3550 App. A.1 (sequence numbers), A.3 (loss), A.8 (jitter).
public struct ReceptionStatistics: Hashable, Sendable {
  /// A jump ahead of this many packets or more is a restart, if the next packet confirms it.
  private static let maximumDropout = 3000
  /// How far back a packet may be and still count as late.
  private static let maximumMisorder = 100

  /// Packets received since the beginning or the last restart, duplicates included.
  public private(set) var receivedCount: Int64 = 0
  private var baseSequence: Int64 = 0
  private var highestSequence: Int64 = 0
  /// The number that would confirm a restart.
  private var restartSequence: SequenceNumber?
  private var expectedPrior: Int64 = 0
  private var receivedPrior: Int64 = 0
  private var transit: UInt32?
  /// Sixteen times the jitter, in ticks.
  private var scaledJitter: UInt64 = 0

  public init() {}

  /// Packets expected since the beginning or the last restart.
  public var expectedCount: Int64 {
    self.receivedCount == 0 ? 0 : self.highestSequence - self.baseSequence + 1
  }

  /// Packets lost since the beginning or the last restart; negative if there were more duplicates.
  public var lostCount: Int64 {
    self.expectedCount - self.receivedCount
  }

  /// The interarrival jitter in ticks of the stream's clock.
  public var jitter: UInt32 {
    UInt32(clamping: self.scaledJitter >> 4)
  }

  /// Records one packet.
  ///
  /// - Complexity: O(1); does not allocate.
  public mutating func received(
    sequence: SequenceNumber,
    timestamp: RTPTimestamp,
    arrival: Instant,
    clockRate: ClockRate
  ) {
    guard self.count(sequence) else { return }
    let arrivalTicks = UInt32(truncatingIfNeeded: clockRate.ticks(in: arrival - .zero))
    let transit = arrivalTicks &- timestamp.rawValue
    if let previous = self.transit {
      let change = UInt64(Int32(bitPattern: transit &- previous).magnitude)
      self.scaledJitter = self.scaledJitter + change - (self.scaledJitter + 8) >> 4
    }
    self.transit = transit
  }

  /// The block for the next report, and the start of a new interval for its fraction lost.
  ///
  /// - Parameters:
  ///   - lastSR: the middle 32 bits of the newest sender report's NTP timestamp; 0 if there was none.
  ///   - delay: from that report's arrival to now; 0 if there was none. Saturates at 65536 s.
  public mutating func reportBlock(ssrc: SSRC, lastSR: UInt32, delay: Duration) -> ReportBlock {
    let expected = self.expectedCount - self.expectedPrior
    let lost = expected - (self.receivedCount - self.receivedPrior)
    self.expectedPrior = self.expectedCount
    self.receivedPrior = self.receivedCount
    return ReportBlock(
      ssrc: ssrc,
      fractionLost: expected <= 0 || lost <= 0 ? 0 : UInt8(clamping: lost * 256 / expected),
      cumulativeLost: Int32(clamping: self.lostCount),
      highestSequence: UInt32(truncatingIfNeeded: self.highestSequence),
      jitter: self.jitter,
      lastSR: lastSR,
      delaySinceLastSR: UInt32(clamping: ClockRate(ticksPerSecond: 65_536).ticks(in: delay))
    )
  }

  /// Counts the packet; `false` if its number is too far off to belong to the stream.
  private mutating func count(_ sequence: SequenceNumber) -> Bool {
    guard self.receivedCount > 0 else {
      self.start(at: sequence)
      return true
    }
    let newest = SequenceNumber(rawValue: UInt16(truncatingIfNeeded: self.highestSequence))
    let step = sequence.distance(from: newest)
    if step < -Self.maximumMisorder || step >= Self.maximumDropout {
      guard self.restartSequence == sequence else {
        self.restartSequence = sequence.advanced(by: 1)
        return false
      }
      self.start(at: sequence)
      return true
    }
    if step > 0 { self.highestSequence += Int64(step) }
    self.receivedCount += 1
    return true
  }

  private mutating func start(at sequence: SequenceNumber) {
    self.baseSequence = Int64(sequence.rawValue)
    self.highestSequence = self.baseSequence
    self.receivedCount = 1
    self.expectedPrior = 0
    self.receivedPrior = 0
    self.restartSequence = nil
    self.transit = nil
  }
}
