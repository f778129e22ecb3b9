internal import MediaUnits

/// Google's congestion control, as the draft and libwebrtc have it: delay, loss and probes say how fast to send.
///
/// - Source: draft-ietf-rmcat-gcc-02; libwebrtc's `GoogCcNetworkController` and `DelayBasedBwe`.
struct GCCControl: Sendable {
  private static let streamTimeout = Duration.seconds(2)

  private var groups = InterArrival()
  private(set) var trendline = TrendlineEstimator()
  private(set) var acknowledged = AcknowledgedRate()
  private var delay: AIMDControl
  private var loss: LossControl
  private var probes: ProbeControl
  private var lastArrivedAt: Instant?

  /// - Parameter isEager: whether it probes every five seconds too.
  init(start: Bitrate, limits: ClosedRange<Bitrate>, isEager: Bool = false) {
    let range = Double(limits.lowerBound.bitsPerSecond)...Double(limits.upperBound.bitsPerSecond)
    let rate = Double(start.bitsPerSecond)
    self.delay = AIMDControl(start: rate, limits: range)
    self.loss = LossControl(start: rate, limits: range)
    self.probes = ProbeControl(start: rate, cap: range.upperBound, isEager: isEager)
  }

  /// What to send with, headers included.
  var target: Bitrate { Bitrate(bitsPerSecond: Int64(min(self.delay.rate, self.loss.rate))) }

  mutating func nextProbe(now: Instant) -> RivalPacer.Probe? {
    self.probes.next(rate: min(self.delay.rate, self.loss.rate), isOverused: self.trendline.usage == .over, now: now)
  }

  /// - Parameter results: of one feedback, in the order of sending.
  mutating func receive(_ results: [PacketResult], roundTrip: Duration, now: Instant) {
    guard !results.isEmpty else { return }
    self.delay.roundTrip = roundTrip
    let wasUnderused = self.trendline.usage == .under
    var probed: Double?
    for result in results {
      guard let arrivedAt = result.arrivedAt else { continue }
      if let last = self.lastArrivedAt, arrivedAt - last > Self.streamTimeout {
        self.groups = InterArrival()
        self.trendline = TrendlineEstimator()
      }
      self.lastArrivedAt = max(self.lastArrivedAt ?? arrivedAt, arrivedAt)
      self.acknowledged.add(byteCount: result.byteCount, arrivedAt: arrivedAt)
      if let deltas = self.groups.add(sentAt: result.sentAt, arrivedAt: arrivedAt) {
        self.trendline.add(deltas, arrivedAt: arrivedAt)
      }
      if let rate = self.probes.add(result) { probed = rate }
    }
    let before = self.delay.rate
    let usage = self.trendline.usage
    self.update(probed: probed, now: now)
    self.probes.changed(from: before, to: self.delay.rate, now: now)
    if wasUnderused, usage == .normal { self.probes.recovered(rate: self.delay.rate, now: now) }
    let lostCount = results.count { $0.arrivedAt == nil }
    self.loss.update(
      lost: lostCount,
      of: results.count,
      ceiling: self.delay.rate,
      roundTrip: roundTrip,
      now: now
    )
    self.probes.estimated(min(self.delay.rate, self.loss.rate), now: now)
  }

  private mutating func update(probed: Double?, now: Instant) {
    let rate = self.acknowledged.estimate
    if self.trendline.usage == .over {
      if let rate, self.delay.mayDecrease(throughput: rate, now: now) {
        self.delay.update(.over, acknowledged: rate, now: now)
      }
    } else if let probed {
      self.delay.set(probed, now: now)
      self.loss.set(probed)
    } else {
      self.delay.update(self.trendline.usage, acknowledged: rate, now: now)
    }
  }
}
