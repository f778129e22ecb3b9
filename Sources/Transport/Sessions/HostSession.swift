public import MediaUnits
internal import Octets
internal import RTP
public import SessionProtocol

/// The host's end of one session: media out, input in, told the time.
///
/// ```
/// active ──nothing heard for silenceTimeout──▶ suspended ──nothing heard for endTimeout──▶ ended
///    ▲                                             │                                           ▲
///    └───────────── authentic packet ──────────────┘            goodbye from the peer ─────────┘
/// ```
///
/// Packets come and go in plaintext; whoever drives this protects them. Feed it, then ``poll(now:_:)`` and
/// ``nextEvent()`` until they have nothing more, then sleep until ``deadline``.
///
/// - Spec: Protocol/session.md §5, Protocol/media.md, Protocol/feedback.md.
public struct HostSession: ~Copyable {
  public enum Event: Hashable, Sendable {
    /// A new input event, in order, to be applied at once.
    case input(sequence: UInt32, InputEvent)
    /// The next frame must be a key frame.
    case keyframeRequested
    /// Nothing heard for a while: no media is sent until something is.
    case suspended
    /// Heard again after a suspension. A key frame is requested too.
    case resumed
    /// A report that was sent after the last ``HostSession/pathChanged(now:)`` has reached the player.
    case pathValidated
    /// The stream is to change to these terms, at a key frame; see ``HostSession/termsChanged(to:now:)``.
    case changeWanted(StreamTerms)
    /// The session is over.
    case ended(EndReason)
  }

  public enum EndReason: Hashable, Sendable {
    /// The player said goodbye, with its reason if it gave one.
    case goodbye(String?)
    /// Nothing was heard for the whole resume window.
    case silence
  }

  private let configuration: SessionConfiguration
  private var video: VideoSender
  private var audio: AudioSender
  private var rate: RateController
  private var reports: ReportExchange
  private var inputStatistics = ReceptionStatistics()
  /// Survives a change of keys, so that no event is applied twice.
  public private(set) var input: InputReceiver
  /// What streams and what is wished for. Survives a change of keys; `nil` where terms are not for change.
  public private(set) var terms: HostTerms?
  private var adaptation: PictureAdaptation
  /// What the path was last thought to carry, for the picture.
  private var carried: Bitrate?
  private var events: [Event] = []
  private var eventsTaken = 0
  /// While it is silent the session is suspended.
  private var peerSilence: PeerSilence
  private var isEnded = false
  private var mustAcknowledge = false
  private var lastKeyframeAt: Instant?
  /// When a key frame was last asked of the encoder because the player wanted one.
  private var lastRefreshAt: Instant?
  /// Since the picture was last drawn anew, or began to be, a packet was asked for that would have come too late.
  private var isRefreshDue = false
  private var pathChangedAt: Instant?
  /// Of the last full intra request, whose repetitions carry the same number.
  private var lastRefreshCommand: UInt8?
  private var farewell: Farewell?
  private var rtcp: [UInt8] = []
  /// Of the video stream, and of the sound.
  private var videoLoss = LossEstimate()
  private var audioLoss = LossEstimate()
  public private(set) var statistics = Statistics()
  /// What was decided and learned, for whoever gives it room and takes the records; nothing by itself.
  public var trace = ControlTraceLog()

  /// - Parameters:
  ///   - input: the receiver of the session that this one resumes, or a new one.
  ///   - terms: those of the session that this one resumes, or new ones; `nil` where terms are not for change.
  ///   - code: what parity is made with; `nil` for none.
  public init(
    configuration: SessionConfiguration,
    input: InputReceiver = InputReceiver(),
    terms: HostTerms? = nil,
    code: (any ErasureCode)? = nil,
    now: Instant
  ) {
    var random = SplitMix64(seed: configuration.sequenceSeed)
    self.configuration = configuration
    self.video = VideoSender(
      ssrc: configuration.videoSSRC,
      retransmissionSSRC: configuration.videoRetransmissionSSRC,
      firstSequence: random.nextFirstSequence(),
      retransmissionSequence: random.nextFirstSequence(),
      ntp: configuration.ntp,
      code: code
    )
    self.audio = AudioSender(
      ssrc: configuration.audioSSRC,
      firstSequence: random.nextFirstSequence(),
      ntp: configuration.ntp
    )
    self.rate = RateController(limits: configuration.rateLimits, interval: configuration.frameInterval)
    self.reports = ReportExchange(ntp: configuration.ntp, now: now)
    self.input = input
    self.terms = terms
    // A session that is resumed may be on another path.
    self.terms?.pathChanged()
    self.adaptation = PictureAdaptation(now: now)
    self.peerSilence = PeerSilence(configuration, now: now)
    self.events.reserveCapacity(64)
    self.rtcp.reserveCapacity(1200)
  }

  /// Smoothed round-trip time; `nil` before the first exchange of reports.
  public var roundTrip: Duration? { self.reports.clock.smoothedRoundTrip }

  /// What is known of the path, to plan the next frame with.
  public func pathState(now: Instant) -> PathState {
    self.rate.state(unsentByteCount: self.video.unsentByteCount, now: now)
  }

  /// Decides about the picture that is about to be taken; see ``PathState/plan(now:)``.
  public func planFrame(now: Instant) -> FramePlan {
    self.pathState(now: now).plan(now: now)
  }

  /// Queues one encoded frame; its packets leave as fast as the path is known to take them. Ignored while suspended or
  /// while a new path is unproven.
  ///
  /// - Parameter accessUnit: Annex B; copied before this returns.
  public mutating func send(_ accessUnit: RawSpan, frame: VideoFrame, now: Instant) {
    guard self.mayStream else { return }
    let clock = self.reports.clock
    let roundTrip = clock.smoothedRoundTrip.map { $0 + clock.roundTripDeviation } ?? .milliseconds(30)
    let rule = ParityRule(roundTrip: roundTrip, loss: self.videoLoss.share)
    if self.terms != nil {
      let path = self.pathState(now: now)
      self.adaptation.sent(byteCount: accessUnit.byteCount, path: path, now: now)
    }
    guard self.video.queue(accessUnit, frame, parity: rule, pace: self.rate.pace, now: now) else {
      self.events.append(.keyframeRequested)
      return
    }
    if frame.isKeyframe { self.lastKeyframeAt = now }
    if frame.startsRefresh, self.isRefreshDue {
      self.trace.record(at: now, .repair(ControlTrace.Repair(action: .refresh)))
    }
    if frame.isKeyframe || frame.startsRefresh { self.isRefreshDue = false }
    self.trace.record(
      at: now,
      .frame(
        ControlTrace.Frame(
          frame: Int64(self.statistics.framesSent),
          byteCount: accessUnit.byteCount,
          packetCount: self.video.lastFramePacketCount,
          isKeyframe: frame.isKeyframe,
          captureTime: frame.capturedAt - frame.damagedAt,
          encodeTime: frame.encodedAt - frame.capturedAt
        )
      )
    )
    self.statistics.framesSent += 1
  }

  /// Queues one Opus packet. Ignored while suspended or while a new path is unproven.
  ///
  /// - Parameter capturedAt: when its first sample was captured; steps by the packet's duration.
  public mutating func send(audio packet: RawSpan, capturedAt: Instant, now: Instant) {
    guard self.mayStream else { return }
    let loss = max(self.videoLoss.share, self.audioLoss.share)
    let totalRate = self.pathState(now: now).carried
    self.audio.queue(packet, capturedAt: capturedAt, loss: loss, totalRate: totalRate, now: now)
  }

  /// Takes one authenticated RTP packet, in plaintext.
  public mutating func handle(rtp packet: RawSpan, now: Instant) {
    guard let header = try? RTPHeader(parsing: packet), header.ssrc == self.configuration.inputSSRC,
      header.payloadType == .input
    else {
      self.statistics.malformedPackets += 1
      return
    }
    self.heard(now: now)
    self.inputStatistics.received(
      sequence: header.sequenceNumber,
      timestamp: header.timestamp,
      arrival: now,
      clockRate: .video
    )
    let before = self.input.newestSequence
    let understood = self.input.handle(packet.extracting(header.payload)) { sequence, event in
      self.events.append(.input(sequence: sequence, event))
    }
    if understood { self.mustAcknowledge = true } else { self.statistics.malformedPackets += 1 }
    self.statistics.inputEvents += Int(self.input.newestSequence &- before)
  }

  /// Takes one authenticated RTCP packet, compound or reduced-size, in plaintext.
  public mutating func handle(rtcp packet: RawSpan, now: Instant) {
    self.heard(now: now)
    var reader = RTCPReader(packet)
    do {
      while let part = try reader.next(in: packet) { self.handle(part, in: packet, now: now) }
    } catch {
      self.statistics.malformedPackets += 1
    }
  }

  /// What ``Event/changeWanted(_:)`` asked for is done: frames from the next on are on these terms.
  public mutating func termsChanged(to terms: StreamTerms, now: Instant) {
    self.terms?.changed(to: terms)
    self.traceChange(.done, terms, now: now)
    self.rate.change(to: terms)
  }

  /// What ``Event/changeWanted(_:)`` asked for cannot be done; the stream goes on as it was.
  public mutating func changeFailed(now: Instant) {
    if let terms = self.terms?.failed(now: now) { self.traceChange(.fail, terms, now: now) }
  }

  /// The player's address has changed: ``Event/pathValidated`` tells when the new one is proven.
  ///
  /// A report leaves with the next poll, and its echo is the proof: it is small enough for an address that may be sent
  /// little, and only who receives it can echo it.
  public mutating func pathChanged(now: Instant) {
    self.pathChangedAt = now
    // What was known of the old path says nothing about the new one.
    self.rate = RateController(limits: self.configuration.rateLimits, interval: self.configuration.frameInterval)
    if let terms = self.terms?.inForce { self.rate.change(to: terms) }
    self.forgetReadings(now: now)
    self.reports.hasten(now: now)
  }

  /// Ends the session from this side. The goodbye leaves with the next polls; see ``isDone``.
  ///
  /// - Parameter reason: for people, at most 200 bytes of UTF-8 are sent.
  public mutating func close(reason: String) {
    guard !self.isEnded else { return }
    self.isEnded = true
    self.farewell = Farewell(reason: reason)
  }

  /// Whether the session is over and nothing more is to be sent.
  public var isDone: Bool { self.isEnded && self.farewell == nil }

  /// When ``poll(now:_:)`` must be called next.
  public var deadline: Instant {
    if self.isEnded { return self.farewell?.dueAt ?? .distantFuture }
    let silence = self.peerSilence.deadline
    guard !self.peerSilence.isSilent else { return silence }
    // To an address that is not proven nothing is repeated.
    guard self.pathChangedAt == nil else {
      return min(silence, self.reports.dueAt, self.terms?.deadline ?? .distantFuture)
    }
    return min(
      silence,
      self.reports.dueAt,
      self.video.deadline ?? .distantFuture,
      self.rate.probeAt ?? .distantFuture,
      self.terms?.deadline ?? .distantFuture
    )
  }

  /// Hands out every packet that is to be sent now.
  public mutating func poll(now: Instant, _ send: (RawSpan, PacketKind) -> Void) {
    self.watchSilence(now: now)
    if let farewell = self.farewell {
      guard farewell.dueAt <= now else { return }
      self.farewell = farewell.next(now: now)
      self.sendFarewell(farewell.reason, now: now, send)
      return
    }
    guard !self.isEnded, !self.peerSilence.isSilent else {
      self.video.discardUnsent()
      self.audio.discardUnsent()
      return
    }
    // An address that is not proven gets reports only: media would use up what it may be sent.
    if self.pathChangedAt == nil {
      let (packetsBefore, bytesBefore) = (self.video.packetCount, self.video.unsentByteCount)
      self.video.poll(now: now, rate: &self.rate, send)
      self.traceRelease(since: packetsBefore, byteCount: bytesBefore - self.video.unsentByteCount, now: now)
      if let at = self.rate.probeAt, at <= now {
        self.rate.probed(now: now, trace: &self.trace)
        self.video.probe(now: now, rate: &self.rate, send)
      }
      self.audio.poll(send)
    }
    self.advanceTerms(now: now)
    if self.terms?.takeMustTell() ?? false { self.sendNotice(send) }
    if self.mustAcknowledge { self.sendAcknowledgement(send) }
    if self.reports.dueAt <= now { self.sendReports(now: now, send) }
    self.statistics.videoPacketsSent = Int(self.video.packetCount)
    self.statistics.audioCopiesSent = self.audio.copyCount
    self.statistics.parityPacketsSent = self.video.paritySentCount
    self.statistics.retransmissions = self.video.retransmittedCount
  }

  /// Takes the next event, oldest first, or returns `nil`.
  public mutating func nextEvent() -> Event? {
    guard self.eventsTaken < self.events.count else {
      self.events.removeAll(keepingCapacity: true)
      self.eventsTaken = 0
      return nil
    }
    self.eventsTaken += 1
    return self.events[self.eventsTaken - 1]
  }

  /// Media for an address that is not proven would be withheld, and must not use up sequence numbers.
  private var mayStream: Bool { !self.peerSilence.isSilent && !self.isEnded && self.pathChangedAt == nil }

  /// Lets the picture follow the path, and begins the change that is due.
  private mutating func advanceTerms(now: Instant) {
    guard self.terms != nil else { return }
    if self.adaptation.isDue(now: now) {
      let path = self.pathState(now: now)
      if let reading = self.adaptation.read(path, now: now) {
        self.carried = reading.bitrate
        self.terms?.adapt(to: reading, now: now)
      }
    }
    guard let terms = self.terms?.nextChange(now: now) else { return }
    self.traceChange(.begin, terms, now: now)
    self.events.append(.changeWanted(terms))
  }

  private mutating func traceChange(_ phase: ControlTrace.Change.Phase, _ terms: StreamTerms, now: Instant) {
    guard let reason = self.terms?.causeUnderWay else { return }
    let carried = self.carried
    self.trace.record(at: now, .change(ControlTrace.Change(phase, reason, terms, carried: carried)))
  }

  /// Notes what the pacer has let go.
  private mutating func traceRelease(since packetsBefore: UInt32, byteCount: Int, now: Instant) {
    let packetCount = Int(self.video.packetCount &- packetsBefore)
    guard self.trace.isEnabled, packetCount > 0 else { return }
    let release = ControlTrace.Release(
      packetCount: packetCount,
      byteCount: byteCount,
      waiting: self.video.unsentByteCount,
      rate: self.rate.pace.map { Bitrate(bytesPerSecond: $0) }
    )
    self.trace.record(at: now, .release(release))
  }

  private mutating func heard(now: Instant) {
    guard self.peerSilence.heard(now: now), !self.isEnded else { return }
    self.forgetReadings(now: now)
    self.events.append(.resumed)
    self.events.append(.keyframeRequested)
  }

  /// What the path carried says nothing about what it carries from now on.
  private mutating func forgetReadings(now: Instant) {
    self.adaptation = PictureAdaptation(now: now)
    self.terms?.pathChanged()
    self.carried = nil
  }

  private mutating func watchSilence(now: Instant) {
    guard !self.isEnded else { return }
    switch self.peerSilence.watch(now: now) {
    case .silent: self.events.append(.suspended)
    case .gone:
      self.isEnded = true
      self.events.append(.ended(.silence))
    case nil: break
    }
  }

  private mutating func handle(_ part: RTCPPacket, in packet: RawSpan, now: Instant) {
    switch part {
    case .senderReport(let report):
      guard report.ssrc == self.configuration.inputSSRC else { return }
      if let echoed = self.reports.received(report, now: now), let changedAt = self.pathChangedAt, echoed >= changedAt {
        self.pathChangedAt = nil
        self.events.append(.pathValidated)
      }
      for block in report.reports where block.ssrc == self.configuration.videoSSRC {
        self.statistics.fractionLost = block.fractionLost
        self.videoLoss.record(fractionLost: block.fractionLost)
      }
      for block in report.reports where block.ssrc == self.configuration.audioSSRC {
        self.audioLoss.record(fractionLost: block.fractionLost)
      }
    case .genericNACK(let nack) where nack.mediaSSRC == self.configuration.videoSSRC:
      let rule = RepairRule(
        roundTrip: self.roundTrip ?? .milliseconds(30),
        deviation: self.reports.clock.roundTripDeviation,
        packetTime: self.rate.packetTime,
        queueTime: self.rate.queueTime
      )
      let missing = nack.sequenceNumbers()
      var tally = RepairTally()
      for number in missing {
        let (answer, age) = self.video.request(number, missingCount: missing.count, rule: rule, now: now)
        tally.add(answer, age: age)
      }
      if tally.hasLate { self.isRefreshDue = true }
      tally.record(into: &self.trace, roundTrip: self.roundTrip, now: now)
    case .application(let application):
      guard application.ssrc == self.configuration.inputSSRC, application.name == InputAcknowledgement.name,
        application.subtype == TermsWish.subtype,
        let wish = try? TermsWish(parsing: packet.extracting(application.data))
      else { return }
      self.terms?.received(wish, now: now)
    case .congestionFeedback(let feedback):
      self.rate.received(
        feedback,
        in: packet,
        video: self.configuration.videoSSRC,
        repairs: self.configuration.videoRetransmissionSSRC,
        trace: &self.trace,
        now: now
      )
    case .pictureLossIndication(let loss) where loss.mediaSSRC == self.configuration.videoSSRC:
      self.refresh(now: now)
    case .fullIntraRequest(let request):
      for entry in request.entries
      where entry.ssrc == self.configuration.videoSSRC && entry.commandSequence != self.lastRefreshCommand {
        self.lastRefreshCommand = entry.commandSequence
        self.refresh(now: now)
      }
    case .goodbye(let goodbye) where goodbye.ssrcs.contains(self.configuration.inputSSRC):
      guard !self.isEnded else { return }
      self.isEnded = true
      self.events.append(.ended(.goodbye(goodbye.reason)))
    default: break
    }
  }

  private mutating func refresh(now: Instant) {
    // A key frame that cannot have arrived yet, or is being made, answers this request already.
    let answerTime = (self.roundTrip ?? .zero) * 5 / 4 + .milliseconds(15)
    if let last = self.lastKeyframeAt, now - last < answerTime { return }
    if let last = self.lastRefreshAt, now - last < answerTime { return }
    self.lastRefreshAt = now
    self.statistics.keyframeRequests += 1
    let roundTrip = self.roundTrip
    self.trace.record(at: now, .repair(ControlTrace.Repair(action: .keyframe, roundTrip: roundTrip)))
    self.events.append(.keyframeRequested)
  }

  private mutating func sendAcknowledgement(_ send: (RawSpan, PacketKind) -> Void) {
    self.mustAcknowledge = false
    self.rtcp.removeAll(keepingCapacity: true)
    let newest = self.input.newestSequence
    ApplicationPacket(
      ssrc: self.configuration.videoSSRC,
      name: InputAcknowledgement.name,
      subtype: InputAcknowledgement.subtype
    ).serialize(
      data: InputAcknowledgement(newestReceived: newest, newestApplied: newest).serialized,
      into: &self.rtcp
    )
    send(self.rtcp.octets, .rtcp)
  }

  private mutating func sendNotice(_ send: (RawSpan, PacketKind) -> Void) {
    self.rtcp.removeAll(keepingCapacity: true)
    self.appendNotice()
    send(self.rtcp.octets, .rtcp)
  }

  private mutating func appendNotice() {
    guard let notice = self.terms?.notice else { return }
    ApplicationPacket(
      ssrc: self.configuration.videoSSRC,
      name: InputAcknowledgement.name,
      subtype: TermsNotice.subtype
    ).serialize(data: notice.serialized, into: &self.rtcp)
  }

  private mutating func appendReports(now: Instant) {
    let timestamp = self.reports.reportSent(now: now)
    let echo = self.reports.echo(now: now)
    let block = self.inputStatistics.reportBlock(
      ssrc: self.configuration.inputSSRC,
      lastSR: echo.lastSR,
      delay: echo.delay
    )
    SenderReport(
      ssrc: self.configuration.videoSSRC,
      ntp: timestamp,
      rtpTimestamp: ClockRate.video.timestamp(at: now),
      packetCount: self.video.packetCount,
      octetCount: self.video.octetCount,
      reports: [block]
    ).serialize(into: &self.rtcp)
    SenderReport(
      ssrc: self.configuration.audioSSRC,
      ntp: timestamp,
      rtpTimestamp: ClockRate.audio.timestamp(at: now),
      packetCount: self.audio.packetCount,
      octetCount: self.audio.octetCount,
      reports: []
    ).serialize(into: &self.rtcp)
    SourceDescription(ssrc: self.configuration.videoSSRC, cname: self.configuration.canonicalName)
      .serialize(into: &self.rtcp)
  }

  private mutating func sendReports(now: Instant, _ send: (RawSpan, PacketKind) -> Void) {
    self.rtcp.removeAll(keepingCapacity: true)
    self.appendReports(now: now)
    // Whatever notice was lost, this one tells.
    if self.terms?.isTold ?? false { self.appendNotice() }
    send(self.rtcp.octets, .rtcp)
  }

  private mutating func sendFarewell(_ reason: String, now: Instant, _ send: (RawSpan, PacketKind) -> Void) {
    self.rtcp.removeAll(keepingCapacity: true)
    self.appendReports(now: now)
    Goodbye(ssrcs: [self.configuration.videoSSRC, self.configuration.audioSSRC], reason: reason)
      .serialize(into: &self.rtcp)
    send(self.rtcp.octets, .rtcp)
  }
}
