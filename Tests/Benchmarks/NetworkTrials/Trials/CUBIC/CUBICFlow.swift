internal import MediaUnits

/// A download over TCP: as much as CUBIC's window allows, without end.
///
/// Transmissions are numbered, and one is lost when three later ones have been acknowledged, as the path keeps order
/// (RFC 9002 §6.1.1 says so of QUIC; TCP's duplicate acknowledgements come to the same, RFC 5681 §3.2). What was lost is
/// sent again with a new number, so that what arrives is what the download gets.
final class CUBICFlow: TrialFlow {
  private struct Sent {
    var at: Instant
    var isAcknowledged = false
  }

  /// A segment of 1448 bytes with TCP's, IP's and Ethernet's share of 1500.
  static let segmentByteCount = 1500
  private static let reordering: Int64 = 3
  private static let shortestTimeout = Duration.milliseconds(200)

  private let index: Int
  private let startsAt: Instant
  private(set) var window = CUBICWindow()
  /// From ``firstSent`` on, those that are under way and those acknowledged out of order.
  private var sent: [Sent] = []
  private var firstSent: Int64 = 0
  private var inFlightCount = 0
  private var largestAcknowledged: Int64 = -1
  /// Losses of transmissions before it have been answered.
  private var recoveryEnd: Int64 = 0
  private var roundTrip: Duration?
  private var deviation = Duration.zero
  private var timeoutAt = Instant.distantFuture
  private var backoff = 1
  private(set) var lossCount = 0
  private(set) var timeoutCount = 0
  private var mayBegin = false
  private var acknowledgements: [Int64] = []

  init(index: Int, startsAt: Instant = .zero) {
    self.index = index
    self.startsAt = startsAt
  }

  private var nextNumber: Int64 { self.firstSent + Int64(self.sent.count) }

  var deadline: Instant {
    if !self.mayBegin { return self.startsAt }
    return self.acknowledgements.isEmpty ? self.timeoutAt : .zero
  }

  func receive(_ packet: TrialPacket, now: Instant) {
    guard case .segment(let number) = packet.body else { return }
    self.acknowledgements.append(number)
  }

  func receiveAnswer(_ packet: TrialPacket, now: Instant) {
    guard case .acknowledgement(let number) = packet.body else { return }
    let index = Int(number - self.firstSent)
    guard self.sent.indices.contains(index), !self.sent[index].isAcknowledged else { return }
    self.sent[index].isAcknowledged = true
    self.inFlightCount -= 1
    self.largestAcknowledged = max(self.largestAcknowledged, number)
    let sample = now - self.sent[index].at
    self.measure(sample)
    self.window.acknowledged(
      number: number,
      newest: self.nextNumber - 1,
      sample: sample,
      roundTrip: self.roundTrip ?? sample,
      now: now
    )
    self.detectLoss(now: now)
    self.backoff = 1
    self.setTimeout(now: now)
  }

  func advance(now: Instant, _ send: (TrialPacket, _ isForward: Bool) -> Void) {
    for number in self.acknowledgements {
      send(
        TrialPacket(flow: self.index, byteCount: 60, role: .control, body: .acknowledgement(number)),
        false
      )
    }
    self.acknowledgements.removeAll(keepingCapacity: true)
    guard now >= self.startsAt else { return }
    self.mayBegin = true
    if self.timeoutAt <= now { self.timedOut(now: now) }
    while self.inFlightCount < Int(self.window.segments) {
      let packet = TrialPacket(
        flow: self.index,
        byteCount: Self.segmentByteCount,
        role: .media,
        body: .segment(self.nextNumber)
      )
      self.sent.append(Sent(at: now))
      self.inFlightCount += 1
      send(packet, true)
      if self.timeoutAt == .distantFuture { self.setTimeout(now: now) }
    }
  }

  private func measure(_ sample: Duration) {
    guard let smoothed = self.roundTrip else {
      self.roundTrip = sample
      self.deviation = sample / 2
      return
    }
    let error = sample > smoothed ? sample - smoothed : smoothed - sample
    self.deviation = self.deviation * 3 / 4 + error / 4
    self.roundTrip = smoothed * 7 / 8 + sample / 8
  }

  private func detectLoss(now: Instant) {
    while let oldest = self.sent.first {
      if oldest.isAcknowledged {
        self.forgetOldest()
      } else if self.firstSent + Self.reordering <= self.largestAcknowledged {
        self.lossCount += 1
        self.inFlightCount -= 1
        if self.firstSent >= self.recoveryEnd {
          self.recoveryEnd = self.nextNumber
          self.window.lost(now: now)
        }
        self.forgetOldest()
      } else {
        return
      }
    }
  }

  private func forgetOldest() {
    self.sent.removeFirst()
    self.firstSent += 1
  }

  private func timedOut(now: Instant) {
    self.timeoutCount += 1
    self.lossCount += self.inFlightCount
    self.firstSent += Int64(self.sent.count)
    self.sent.removeAll(keepingCapacity: true)
    self.inFlightCount = 0
    self.recoveryEnd = self.firstSent
    self.window.timedOut()
    self.backoff = min(self.backoff * 2, 64)
    self.timeoutAt = .distantFuture
  }

  private func setTimeout(now: Instant) {
    let timeout = max((self.roundTrip ?? .seconds(1)) + self.deviation * 4, Self.shortestTimeout)
    self.timeoutAt = self.inFlightCount > 0 ? now + timeout * self.backoff : .distantFuture
  }
}
