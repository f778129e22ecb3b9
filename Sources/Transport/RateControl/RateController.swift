internal import MediaUnits
internal import RTP

/// Decides how much a host sends: from what it sent, from what the player says of it, and from its own clock.
///
/// Tells the time of each packet's way through the bottleneck from its arrival and the least way of recent packets,
/// what the path carries from how fast packets came through while others waited (``CapacityEstimator``), and how much
/// may wait there from the way of whole frames (``FrameWindow``). The budget of a frame is what then fits:
/// ``PathState/plan(now:)``.
///
/// - Spec: RFC 8888 (feedback); Protocol/feedback.md §8.
struct RateController: Sendable {
  /// Bytes of a packet on the path beyond what RTP counts: authentication tag, UDP, IPv4.
  static let packetOverhead = 16 + 8 + 20

  /// A packet counts as lost once so many later ones have arrived.
  private static let reordering = 3
  /// And once something has arrived that was sent so much later.
  private static let overtaking: Duration = .milliseconds(20)
  /// The player tells of what arrived after so long at most.
  private static let newsDelay: Duration = .milliseconds(5)
  /// Arrivals are told to about a millisecond.
  private static let precision: Duration = .milliseconds(1)
  /// What the path is taken to carry more after a limited frame of a packet or two that did not wait.
  private static let smallFrameIncrease = 1.02

  private(set) var limits: RateLimits
  private(set) var interval: Duration
  private(set) var capacity = CapacityEstimator()
  private(set) var window: FrameWindow
  private var video = SentPacketLog(capacity: 4096)
  private var repeats = SentPacketLog(capacity: 1024)
  private var frames = SentFrames()
  private var leastWay = MovingMinimum(span: .seconds(10))
  private var leastRoundTrip = MovingMinimum(span: .seconds(10))
  private var standing = StandingQueue()
  private var arrivalClock = MiddleUnwrapper()
  /// When the newest packet heard of was through the bottleneck, on this clock.
  private var throughAt: Instant?
  private var silence = PathSilence()
  /// When the newest packet heard of was sent.
  private var newestSentAt = Instant.zero
  private var lossCause = LossCause()
  /// Part of packets lost, smoothed.
  private(set) var loss = 0.0
  /// How long the newest packet heard of waited at the bottleneck.
  private(set) var queueTime: Duration = .zero
  private var pacing = PaceControl()
  private var marks = 0.0

  init(limits: RateLimits, interval: Duration) {
    let seconds = interval.inSeconds
    self.limits = limits
    self.interval = interval
    self.window = FrameWindow(
      interval: interval,
      start: limits.start.bytesPerSecond * seconds,
      floor: limits.floor.bytesPerSecond * seconds,
      cap: limits.cap.bytesPerSecond * seconds
    )
  }

  /// The stream goes on with another frame rate, or within other limits.
  mutating func change(cap: Bitrate, interval: Duration) {
    guard cap != self.limits.cap || interval != self.interval else { return }
    self.limits = RateLimits(floor: self.limits.floor, cap: cap, start: self.limits.start)
    self.interval = interval
    self.window = self.window.changed(
      interval: interval,
      floor: self.limits.floor.bytesPerSecond * interval.inSeconds,
      cap: self.limits.cap.bytesPerSecond * interval.inSeconds
    )
  }

  /// How fast a frame's packets leave, in bytes per second; `nil` while nothing is known of the path.
  var pace: Double? { self.pacing.bytesPerSecond(on: self.capacity, isStarting: self.window.isStarting) }

  /// When to send something again only to learn whether the path is back; `nil` while nothing is known to be amiss.
  var probeAt: Instant? {
    self.oldestInFlight.map { oldest in
      self.silence.probeAt(oldest: oldest, roundTrip: self.roundTrip, interval: self.interval)
    }
  }

  /// Something is being sent only to learn whether the path is back.
  mutating func probed(now: Instant, trace: inout ControlTraceLog) {
    if let silence = self.silence.probed(now: now) { self.record(.begin, silence, into: &trace, now: now) }
  }

  private func record(
    _ phase: ControlTrace.Outage.Phase,
    _ silence: Duration,
    into trace: inout ControlTraceLog,
    now: Instant
  ) {
    let outage = ControlTrace.Outage(phase: phase, silence: silence, outstanding: self.inFlightByteCount)
    trace.record(at: now, .outage(outage))
  }

  private var inFlightByteCount: Int { self.video.inFlightByteCount + self.repeats.inFlightByteCount }

  private var oldestInFlight: Instant? { self.video.oldestInFlight ?? self.repeats.oldestInFlight }

  /// The least time from a packet's sending to the word of its arrival; `nil` before the first.
  var roundTrip: Duration? { self.leastRoundTrip.value.map { .nanoseconds($0) } }

  /// How long the path is busy with a full packet; zero while that is not known.
  var packetTime: Duration { self.capacity.bytesPerSecond.map { .seconds(1244 / $0) } ?? .zero }

  /// - Parameter unsentByteCount: bytes that are queued, with their overhead.
  func state(unsentByteCount: Int, now: Instant) -> PathState {
    let oldest = self.oldestInFlight ?? now
    // A path that varies drains less than its mean when it matters.
    let share = min(max(1 - 0.4 * self.capacity.variation, 0.7), 0.95)
    let fallback = self.limits.start.bytesPerSecond
    let drainsFrom = max((self.throughAt ?? .zero) - self.standing.wait, oldest)
    return PathState(
      windowByteCount: self.window.byteCount,
      drainRate: share * (self.capacity.bytesPerSecond ?? fallback),
      outstandingByteCount: self.inFlightByteCount + unsentByteCount,
      drainsFrom: drainsFrom,
      drainsUntil: drainsFrom + (self.roundTrip ?? PathSilence.unknownRoundTrip) + Self.newsDelay,
      heardBy: self.silence.heardBy(oldest: oldest, roundTrip: self.roundTrip),
      floorByteCount: self.limits.floor.byteCount(per: self.interval),
      capByteCount: self.limits.cap.byteCount(per: self.interval),
      frameInterval: self.interval,
      capacity: self.capacity.bytesPerSecond
    )
  }

  /// A packet of the video stream is leaving.
  ///
  /// - Parameter isLast: whether it ends its frame.
  mutating func sent(_ number: SequenceNumber, byteCount: Int, isLast: Bool, now: Instant) {
    let bytes = byteCount + Self.packetOverhead
    self.video.sent(number, byteCount: bytes, frame: self.frames.current, now: now)
    self.frames.sent(
      byteCount: bytes,
      isLast: isLast,
      limit: min(self.window.byteCount, self.limits.cap.bytesPerSecond * self.interval.inSeconds),
      now: now
    )
  }

  /// A packet is leaving that repeats or repairs another.
  mutating func sentRepair(_ number: SequenceNumber, byteCount: Int, now: Instant) {
    self.repeats.sent(number, byteCount: byteCount + Self.packetOverhead, frame: -1, now: now)
  }

  /// The player says what arrived.
  ///
  /// - Parameter datagram: the one that holds the feedback.
  mutating func received(
    _ feedback: CongestionFeedback,
    in datagram: RawSpan,
    video: SSRC,
    repairs: SSRC,
    trace: inout ControlTraceLog,
    now: Instant
  ) {
    guard let reference = self.arrivalClock.unwrap(feedback.timestamp, now: now) else { return }
    if let silence = self.silence.heard(now: now) { self.record(.end, silence, into: &trace, now: now) }
    var tally = FeedbackTally()
    feedback.forEachStream(in: datagram) { stream in
      guard stream.ssrc == video || stream.ssrc == repairs else { return }
      let isVideo = stream.ssrc == video
      var newest: Int64 = -1
      var first: Int64?
      feedback.forEachPacket(of: stream, in: datagram) { number, fate in
        let sequence = (isVideo ? self.video : self.repeats).extended(number)
        first = first ?? sequence
        guard case .arrived(let ecn, let units) = fate, let units else { return }
        newest = sequence
        let arrival = reference - .nanoseconds(Int64(units) * 1_000_000_000 / 1024)
        guard
          let entry = isVideo ? self.video.arrived(sequence, at: arrival) : self.repeats.arrived(sequence, at: arrival)
        else { return }
        self.leastRoundTrip.add((now - entry.sentAt).wholeNanoseconds, at: now)
        let wait = self.arrived(entry, arrival: arrival, now: now)
        tally.arrived(entry, at: arrival, wait: wait, isMarked: ecn == .congestionExperienced)
      }
      guard let first else { return }
      if isVideo {
        tally.lost(self.settle(from: first, newest: newest, now: now))
      } else {
        self.repeats.forget(before: newest >= 0 ? newest - Int64(Self.reordering) : first)
      }
    }
    tally.lost(self.giveUp(sentBefore: self.newestSentAt - Self.overtaking))
    self.lossSeen(tally.lostCount, of: tally.arrivedCount + tally.lostCount)
    self.capacity.update()
    self.window.fit(self.capacity)
    if tally.arrivedCount > 0 { self.react(markedCount: tally.markedCount, of: tally.arrivedCount, now: now) }
    tally.record(into: &trace, loss: self.loss, now: now)
  }

  /// - Returns: how long it waited.
  private mutating func arrived(_ entry: SentPacketLog.Entry, arrival: Instant, now: Instant) -> Duration {
    let way = arrival.nanoseconds - entry.sentAt.nanoseconds
    self.leastWay.add(way, at: now)
    let wait = Duration.nanoseconds(way - (self.leastWay.value ?? way))
    let through = entry.sentAt + wait
    let before = self.newestSentAt
    self.newestSentAt = max(before, entry.sentAt)
    self.queueTime = wait
    self.lossCause.packetPassed(wait: wait, now: now)
    let isFirst = self.frames.isUnheard(entry.frame)
    if let last = self.throughAt {
      if isFirst {
        self.capacity.frameBegan()
        self.standing.met(
          wait: wait,
          others: through - max(last, entry.sentAt),
          gap: entry.sentAt - before,
          packetTime: self.packetTime,
          now: now
        )
      }
      if entry.sentAt <= last, !isFirst || !self.standing.isSuspected {
        self.capacity.wasBusy(for: max(.zero, through - last), byteCount: entry.byteCount, at: through)
      }
    }
    self.throughAt = max(self.throughAt ?? through, through)
    self.frames.packetPassed(entry.frame, through: through, wait: wait)
    if entry.isInFlight { self.settle(packetOf: entry.frame) }
    return wait
  }

  /// Gives up what later arrivals have shown to be lost, and what nothing more will be said of.
  ///
  /// - Returns: how many are lost.
  private mutating func settle(from first: Int64, newest: Int64, now: Instant) -> Int {
    let lostBefore = newest - Int64(Self.reordering)
    var lostCount = 0
    var sequence = self.video.oldestOpen
    while sequence < max(first, lostBefore) {
      if self.giveUpVideo(sequence), sequence >= first { lostCount += 1 }
      sequence += 1
    }
    self.video.settle()
    guard lostCount > 0 else { return 0 }
    guard let beside = self.video.entry(newest), let arrivedAt = beside.arrivedAt else { return lostCount }
    let way = arrivedAt.nanoseconds - beside.sentAt.nanoseconds
    if self.lossCause.isQueue(waitBeside: .nanoseconds(max(0, way - (self.leastWay.value ?? 0)))) {
      self.window.congested(roundTrip: self.roundTrip ?? .zero, capacity: self.capacity, now: now)
    }
    return lostCount
  }

  /// Gives up what nothing more will be said of, since something of either stream has arrived that was sent long after.
  ///
  /// While no frame is sent, only repeats can tell that the last one is lost.
  ///
  /// - Returns: how many packets of the video stream are lost.
  private mutating func giveUp(sentBefore instant: Instant) -> Int {
    var lostCount = 0
    while let oldest = self.video.oldestInFlight, oldest < instant {
      if self.giveUpVideo(self.video.oldestOpen) { lostCount += 1 }
      self.video.settle()
    }
    self.repeats.forget(sentBefore: instant)
    return lostCount
  }

  /// - Returns: whether it was in flight.
  private mutating func giveUpVideo(_ sequence: Int64) -> Bool {
    guard let entry = self.video.gaveUp(sequence) else { return false }
    self.settle(packetOf: entry.frame)
    return true
  }

  private mutating func lossSeen(_ lostCount: Int, of count: Int) {
    guard count > 0 else { return }
    self.pacing.heard(lostCount: lostCount)
    let weight = min(1, Double(count) / 500)
    self.loss += (Double(lostCount) / Double(count) - self.loss) * weight
  }

  private mutating func settle(packetOf ordinal: Int64) {
    guard let frame = self.frames.packetSettled(ordinal), let throughAt = frame.throughAt else { return }
    let transit = throughAt - frame.firstSentAt
    if frame.wait < .milliseconds(2), frame.arrivedPacketCount >= 3, let first = frame.firstThroughAt {
      let bytes = Double(frame.byteCount) * Double(frame.arrivedPacketCount - 1) / Double(frame.arrivedPacketCount)
      self.capacity.wasUnloaded(at: bytes / ((throughAt - first) + Self.precision).inSeconds, at: throughAt)
    } else if frame.wait < .milliseconds(2), frame.wasLimited, let known = self.capacity.bytesPerSecond {
      // A frame of a packet or two tells no rate. Without trying more, a path that was slow would count as slow for ever.
      let enough = self.limits.cap.bytesPerSecond * PaceControl.mostFactor
      self.capacity.wasUnloaded(at: min(known * Self.smallFrameIncrease, enough), at: throughAt)
    }
    self.window.completed(transit: transit - self.standing.wait, wasLimited: frame.wasLimited, capacity: self.capacity)
  }

  /// - Source: RFC 9331 §4.3 asks for a reaction to each round trip's share of marks; the smoothing is DCTCP's.
  private mutating func react(markedCount: Int, of count: Int, now: Instant) {
    self.marks += (Double(markedCount) / Double(count) - self.marks) / 16
    guard markedCount > 0 else { return }
    self.pacing.marksHeard()
    self.window.congested(
      share: min(1, self.marks * 3),
      roundTrip: self.roundTrip ?? .zero,
      capacity: self.capacity,
      now: now
    )
  }
}
