public import MediaUnits

/// Relates the peer's clock to ours and tracks the round-trip time, from RTCP reports.
///
/// Each exchange gives four instants: our report left (`t1`), it reached the peer (`t2`), the peer's report left
/// (`t3`), it reached us (`t4`). Queueing delays one direction more than the other, so only the exchange with the
/// shortest round trip of the last ten seconds speaks for the offset; its error is at most half that round trip.
///
/// - Spec: RFC 3550 §6.4.1 (LSR, DLSR); Protocol/feedback.md §4.
/// - Source: the minimum filter of NTP, RFC 5905 §10.
public struct ClockOffsetEstimator: Sendable {
  private struct Exchange: Sendable {
    var at: Instant
    var roundTrip: Duration
    var offset: Duration
  }

  /// How long an exchange may speak for the offset.
  private static let memory: Duration = .seconds(10)
  private static let capacity = 64

  private var exchanges: [Exchange] = []
  private var next = 0
  /// Smoothed round-trip time; `nil` before the first exchange.
  public private(set) var smoothedRoundTrip: Duration?
  /// Mean deviation of the round-trip time.
  public private(set) var roundTripDeviation: Duration = .zero
  /// Peer's clock minus ours; `nil` before the first exchange.
  public private(set) var offset: Duration?
  /// Round trip of the exchange that ``offset`` came from: twice the most that it can be off by.
  public private(set) var offsetRoundTrip: Duration = .zero

  public init() {
    self.exchanges.reserveCapacity(Self.capacity)
  }

  /// Records one exchange. Ones that claim a negative round trip are ignored: a peer's arithmetic cannot be trusted.
  ///
  /// - Parameters:
  ///   - sent: `t1`, on our clock.
  ///   - received: `t4`, on our clock.
  ///   - peerHeld: `t3 - t2`, on the peer's clock, at least zero.
  ///   - peerSent: `t3`, on the peer's clock.
  public mutating func record(sent: Instant, received: Instant, peerHeld: Duration, peerSent: Instant) {
    let roundTrip = (received - sent) - peerHeld
    guard roundTrip >= .zero, roundTrip < .seconds(60), peerHeld >= .zero else { return }
    let peerReceived = peerSent - peerHeld
    let offset = ((peerReceived - sent) + (peerSent - received)) / 2
    let exchange = Exchange(at: received, roundTrip: roundTrip, offset: offset)
    if self.exchanges.count < Self.capacity {
      self.exchanges.append(exchange)
    } else {
      self.exchanges[self.next] = exchange
    }
    self.next = (self.next + 1) % Self.capacity
    self.smooth(roundTrip)
    self.choose(now: received)
  }

  /// The same moment on our clock, or `nil` before the first exchange.
  public func local(_ peerInstant: Instant) -> Instant? {
    self.offset.map { peerInstant - $0 }
  }

  /// - Spec: RFC 6298 §2, with its gains of 1/8 and 1/4.
  private mutating func smooth(_ roundTrip: Duration) {
    guard let smoothed = self.smoothedRoundTrip else {
      self.smoothedRoundTrip = roundTrip
      self.roundTripDeviation = roundTrip / 2
      return
    }
    let error = roundTrip - smoothed
    let magnitude = error < .zero ? .zero - error : error
    self.roundTripDeviation += (magnitude - self.roundTripDeviation) / 4
    self.smoothedRoundTrip = smoothed + error / 8
  }

  private mutating func choose(now: Instant) {
    var best: Exchange?
    for exchange in self.exchanges where now - exchange.at <= Self.memory {
      if let known = best, known.roundTrip <= exchange.roundTrip { continue }
      best = exchange
    }
    guard let best else { return }
    self.offset = best.offset
    self.offsetRoundTrip = best.roundTrip
  }
}
