internal import MediaUnits
internal import RTP

/// One end's part in the regular exchange of RTCP reports: when to report, what to echo, what the echoes tell.
///
/// - Spec: RFC 3550 §6.4; Protocol/feedback.md §2–4.
struct ReportExchange: Sendable {
  private struct SentReport: Sendable {
    var middle: UInt32
    var at: Instant
  }

  /// Reports are frequent at first, so that clocks and round trip are known before the first second is over.
  private static let eagerPeriod: Duration = .seconds(1)
  private static let eagerInterval: Duration = .milliseconds(100)
  private static let steadyInterval: Duration = .milliseconds(250)

  private let ntp: NTPClock
  private let startedAt: Instant
  private var sent: [SentReport] = []
  private var echoMiddle: UInt32 = 0
  private var echoReceivedAt: Instant?
  private(set) var dueAt: Instant
  private(set) var clock = ClockOffsetEstimator()

  init(ntp: NTPClock, now: Instant) {
    self.ntp = ntp
    self.startedAt = now
    self.dueAt = now
    self.sent.reserveCapacity(16)
  }

  /// A report is leaving now. Returns the NTP time that it must carry.
  mutating func reportSent(now: Instant) -> NTPTimestamp {
    let timestamp = self.ntp.timestamp(at: now)
    if self.sent.count == 16 { self.sent.removeFirst() }
    self.sent.append(SentReport(middle: timestamp.middle, at: now))
    self.dueAt = now + (now - self.startedAt < Self.eagerPeriod ? Self.eagerInterval : Self.steadyInterval)
    return timestamp
  }

  /// LSR and DLSR for a report block that leaves now.
  func echo(now: Instant) -> (lastSR: UInt32, delay: Duration) {
    guard let receivedAt = self.echoReceivedAt else { return (0, .zero) }
    return (self.echoMiddle, now - receivedAt)
  }

  /// Makes the next report due at once.
  mutating func hasten(now: Instant) {
    self.dueAt = min(self.dueAt, now)
  }

  /// The peer's sender report arrived.
  ///
  /// - Returns: when the report of ours that it echoes had been sent; `nil` if it echoes none that is remembered.
  @discardableResult
  mutating func received(_ report: SenderReport, now: Instant) -> Instant? {
    self.echoMiddle = report.ntp.middle
    self.echoReceivedAt = now
    for block in report.reports where block.lastSR != 0 {
      guard let ours = self.sent.last(where: { $0.middle == block.lastSR }) else { continue }
      self.clock.record(
        sent: ours.at,
        received: now,
        peerHeld: .nanoseconds(Int64(block.delaySinceLastSR) * 1_000_000_000 / 65536),
        peerSent: self.ntp.instant(at: report.ntp)
      )
      return ours.at
    }
    return nil
  }
}
