public import MediaUnits
internal import Octets
internal import RTP
public import SessionProtocol

/// The player's end of one session: media in, input out, told the time.
///
/// Packets come and go in plaintext; whoever drives this protects them. Feed it, then ``poll(now:_:)``,
/// ``nextFrame(_:)``, ``nextAudio(now:_:)`` and ``nextEvent()`` until they have nothing more, then sleep until
/// ``deadline``.
///
/// - Spec: Protocol/session.md §5, Protocol/media.md, Protocol/feedback.md.
public struct PlayerSession: ~Copyable {
  public enum Event: Hashable, Sendable {
    /// Nothing heard for the silence timeout: time to resume with a new handshake.
    case silent
    /// Nothing heard for the resume window.
    case expired
    /// The host said goodbye.
    case closed(reason: String?)
    /// The stream is on these terms now, and the next key frame with it, asked for or not.
    case termsChanged(TermsNotice)
    /// The host has answered the newest wish for other terms: this is what can be had.
    case wishAnswered(TermsNotice)
    /// The host does not answer a wish; it may not know what one is.
    case wishUnanswered
  }

  private static let tailQuiet: Duration = .milliseconds(4)
  private static let refreshEchoDelay: Duration = .milliseconds(2)

  private let configuration: SessionConfiguration
  private var assembler = FrameAssembler()
  private var parity: ParityDecoder?
  private var rebuilt: [Int64] = []
  private var sound: SoundReception
  private var nacks = NACKGenerator()
  private var refreshWait = RefreshWait()
  private var feedback: FeedbackCollector
  private var reports: ReportExchange
  private var videoStatistics = ReceptionStatistics()
  private var silence = SilenceMeter()
  private var videoSequences = SequenceUnwrapper()
  private var videoTimeline = MediaTimeline(rate: .video)
  /// Survives a change of keys, so that no event is lost.
  public private(set) var input: InputSender
  /// What streams and what is wished for. Survives a change of keys; `nil` where terms are not for change.
  public private(set) var terms: PlayerTerms?
  private var events: [Event] = []
  private var peerSilence: PeerSilence
  private var isEnded = false
  private var refreshAt: Instant
  /// When the last request for a key frame is said again, in case it was lost.
  private var refreshEchoAt: Instant?
  private var requests: [Int64] = []
  private var farewell: Farewell?
  private var rtcp: [UInt8] = []
  private var counted = Statistics()

  /// - Parameters:
  ///   - input: the sender of the session that this one resumes, or `nil`.
  ///   - terms: those of the session that this one resumes, or new ones; `nil` where terms are not for change.
  ///   - code: what packets are rebuilt with; `nil` to leave parity unused.
  public init(
    configuration: SessionConfiguration,
    input: InputSender? = nil,
    terms: PlayerTerms? = nil,
    code: (any ErasureCode)? = nil,
    now: Instant
  ) {
    var random = SplitMix64(seed: configuration.sequenceSeed)
    self.configuration = configuration
    self.parity = code.map { ParityDecoder(code: $0, ssrc: configuration.videoSSRC) }
    self.sound = SoundReception(ntp: configuration.ntp)
    self.reports = ReportExchange(ntp: configuration.ntp, now: now)
    self.feedback = FeedbackCollector(
      video: configuration.videoSSRC,
      retransmission: configuration.videoRetransmissionSSRC
    )
    if var input {
      input.restart(ssrc: configuration.inputSSRC)
      self.input = input
    } else {
      self.input = InputSender(ssrc: configuration.inputSSRC, firstSequence: random.nextFirstSequence())
    }
    self.terms = terms
    self.assembler.takesRecoveryPoints = terms?.inForce.hasIntraRefresh ?? false
    self.peerSilence = PeerSilence(configuration, now: now)
    // The first key frame comes by itself; ask only when it stays away.
    self.refreshAt = now + .milliseconds(500)
    self.requests.reserveCapacity(512)
    self.rtcp.reserveCapacity(1200)
  }

  /// Smoothed round-trip time; `nil` before the first exchange of reports.
  public var roundTrip: Duration? { self.reports.clock.smoothedRoundTrip }

  /// Twice the most by which the relation of the clocks can be off.
  public var clockUncertainty: Duration { self.reports.clock.offsetRoundTrip }

  public var statistics: Statistics {
    var all = self.counted
    all.framesDelivered = self.assembler.counts.delivered
    all.framesLost = self.assembler.counts.lost
    all.refreshes = self.assembler.progress.completedCount
    all.packetsLost = max(0, Int(self.videoStatistics.lostCount))
    all.repeatRequests = self.nacks.requestCount
    all.audioPacketsReceived = self.sound.receivedCount
    all.audioPacketsRecovered = self.sound.recoveredCount
    all.audioPacketsLost = self.sound.lostCount
    all.malformedPackets += self.assembler.counts.malformedPackets
    return all
  }

  /// Takes an input event; it leaves with the next ``poll(now:_:)``.
  ///
  /// - Returns: its sequence number, which frames will echo, or `nil` when too many events wait.
  @discardableResult
  public mutating func send(_ event: InputEvent, now: Instant) -> UInt32? {
    self.input.send(event, now: now)
  }

  /// Takes one authenticated RTP packet, in plaintext.
  ///
  /// - Parameter ecn: the mark that it came with.
  public mutating func handle(rtp packet: RawSpan, ecn: ECNMark = .notCapable, now: Instant) {
    guard let header = try? RTPHeader(parsing: packet) else {
      self.counted.malformedPackets += 1
      return
    }
    self.peerSilence.heard(now: now)
    self.counted.bytesReceived += packet.byteCount
    switch header.ssrc {
    case self.configuration.videoSSRC: self.receiveVideo(packet, header, ecn: ecn, now: now)
    case self.configuration.videoRetransmissionSSRC: self.receiveRetransmission(packet, header, ecn: ecn, now: now)
    case self.configuration.audioSSRC:
      if !self.sound.receive(packet, header, now: now) { self.counted.malformedPackets += 1 }
    default: self.counted.malformedPackets += 1
    }
  }

  /// Takes one authenticated RTCP packet, compound or reduced-size, in plaintext.
  public mutating func handle(rtcp packet: RawSpan, now: Instant) {
    self.peerSilence.heard(now: now)
    self.counted.bytesReceived += packet.byteCount
    var reader = RTCPReader(packet)
    do {
      while let part = try reader.next(in: packet) { self.handle(part, in: packet, now: now) }
    } catch {
      self.counted.malformedPackets += 1
    }
  }

  /// Wishes for other terms, in place of all that was wished for before; ``Event/wishAnswered(_:)`` tells what comes
  /// of it.
  public mutating func wish(_ terms: StreamTerms, now: Instant) {
    self.terms?.wish(terms, now: now)
  }

  /// This machine decodes so many frames a second, and the host should send no more; `nil` for as many as come.
  public mutating func limitDecoding(to frameRate: Int?, now: Instant) {
    self.terms?.limitDecoding(to: frameRate, now: now)
  }

  /// The decoder could not use what it was given: only a key frame helps.
  public mutating func decodingFailed(now: Instant) {
    self.assembler.refresh()
    self.refreshAt = now
  }

  /// Ends the session from this side. The goodbye leaves with the next polls; see ``isDone``.
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
    var earliest = min(self.reports.dueAt, self.peerSilence.deadline)
    if let at = self.input.deadline { earliest = min(earliest, at) }
    if let at = self.nacks.deadline { earliest = min(earliest, at) }
    if let at = self.terms?.deadline { earliest = min(earliest, at) }
    if let at = self.feedback.deadline { earliest = min(earliest, at) }
    if let at = self.sound.deadline { earliest = min(earliest, at) }
    if let tail = self.unnoticedTail { earliest = min(earliest, tail.noticeAt) }
    if self.assembler.isPictureBroken {
      earliest = min(earliest, self.refreshAt, self.refreshEchoAt ?? .distantFuture)
    }
    return earliest
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
    guard !self.isEnded else { return }
    if let roundTrip = self.roundTrip { self.input.roundTrip = roundTrip }
    self.input.poll(now: now, send)
    self.requestRepairs(now: now, send)
    self.sendWish(now: now, send)
    self.rtcp.removeAll(keepingCapacity: true)
    if self.feedback.poll(
      now: now,
      sender: self.configuration.inputSSRC,
      ntp: self.configuration.ntp,
      into: &self.rtcp
    ) {
      send(self.rtcp.octets, .rtcp)
    }
    if self.reports.dueAt <= now {
      self.rtcp.removeAll(keepingCapacity: true)
      self.appendReports(now: now)
      send(self.rtcp.octets, .rtcp)
    }
  }

  /// Hands on the next frame that can be decoded, or returns `false`.
  ///
  /// - Parameter body: receives the frame and its access unit in Annex B form, valid within the closure.
  public mutating func nextFrame(_ body: (ReceivedFrame, RawSpan) -> Void) -> Bool {
    let (clock, ntp) = (self.reports.clock, self.configuration.ntp)
    let delivered = self.assembler.next { frame, accessUnit in
      let captured = frame.captureTime.map { ntp.instant(at: $0.timestamp) }
      var host: ReceivedFrame.HostInstants?
      if let captured, let times = frame.times, let damagedAt = clock.local(captured) {
        let capturedAt = damagedAt + times.damageToCaptured
        let convertedAt = capturedAt + times.capturedToConverted
        let encodedAt = convertedAt + times.convertedToEncoded
        host = ReceivedFrame.HostInstants(
          damagedAt: damagedAt,
          capturedAt: capturedAt,
          convertedAt: convertedAt,
          encodedAt: encodedAt,
          sentAt: encodedAt + times.encodedToSent
        )
      }
      if let captured { self.videoTimeline.anchor(frame.timestamp, at: captured) }
      self.refreshWait.delivered(
        frame.index,
        isWaveStart: frame.isWaveStart,
        isWhole: frame.refresh != .underWay,
        completedAt: frame.completedAt
      )
      let received = ReceivedFrame(
        index: frame.index,
        isKeyframe: frame.isKeyframe,
        codec: frame.codec,
        mediaTime: self.videoTimeline.mediaTime(frame.timestamp) ?? frame.completedAt.nanoseconds,
        host: host,
        inputSequence: frame.times?.inputSequence ?? 0,
        firstReceivedAt: frame.firstReceivedAt,
        completedAt: frame.completedAt,
        packetCount: frame.packetCount,
        byteCount: frame.byteCount,
        repairedPacketCount: frame.repairedPacketCount,
        skipped: frame.skipped,
        refresh: frame.refresh,
        restartsDecoder: frame.restartsDecoder,
        longestSilence: frame.refresh == .underWay ? .zero : self.silence.takeLongest()
      )
      body(received, accessUnit)
    }
    if delivered, let needed = self.assembler.neededFrom { self.nacks.forget(before: needed) }
    return delivered
  }

  /// Takes the next step of the sound, or returns `false`.
  ///
  /// - Parameter body: receives the step and, for a packet, its Opus payload, valid within the closure.
  public mutating func nextAudio(now: Instant, _ body: (ReceivedAudio, RawSpan) -> Void) -> Bool {
    self.sound.next(now: now, body)
  }

  /// Takes the next event, oldest first, or returns `nil`.
  public mutating func nextEvent() -> Event? {
    self.events.isEmpty ? nil : self.events.removeFirst()
  }

  /// The newest frame's end and when to count it as lost, while no later packet has shown that it was sent.
  private var unnoticedTail: (end: Int64, noticeAt: Instant)? {
    guard let tail = self.assembler.unfinishedTail, tail.end - 1 > self.nacks.newest ?? -1 else { return nil }
    return (tail.end, tail.lastReceivedAt + max(Self.tailQuiet, (self.roundTrip ?? .zero) / 4))
  }

  private mutating func watchSilence(now: Instant) {
    guard !self.isEnded else { return }
    switch self.peerSilence.watch(now: now) {
    case .silent: self.events.append(.silent)
    case .gone:
      self.isEnded = true
      self.events.append(.expired)
    case nil: break
    }
  }

  private mutating func receiveVideo(_ packet: RawSpan, _ header: RTPHeader, ecn: ECNMark, now: Instant) {
    self.feedback.received(header, isRetransmission: false, isFrameEnd: header.marker, ecn: ecn, now: now)
    self.counted.packetsReceived += 1
    self.silence.heard(now: now)
    self.videoStatistics.received(
      sequence: header.sequenceNumber,
      timestamp: header.timestamp,
      arrival: now,
      clockRate: .video
    )
    let sequence = self.videoSequences.unwrap(header.sequenceNumber)
    if self.counted.packetsReceived == 1,
      let descriptor = FrameDescriptor(parsing: packet, extensions: header.extensions)
    {
      // What came before the first packet of its frame is missing too.
      self.nacks.begin(at: sequence - Int64(descriptor.packetIndex))
    }
    if !self.nacks.received(sequence, now: now) { self.refresh(givenUpBefore: sequence, now: now) }
    self.assembler.insert(
      packet,
      payload: header.payload,
      header: header,
      sequence: sequence,
      isRepair: false,
      now: now
    )
    self.rebuild(frameOf: sequence, now: now)
    if self.assembler.nextIndex == nil, self.counted.keyframeRequests == 0, !self.assembler.hasKeyframeUnderWay {
      // The first key frame was lost as a whole.
      self.refreshAt = min(self.refreshAt, now + .milliseconds(10))
    }
  }

  private mutating func receiveParity(_ packet: RawSpan, _ header: RTPHeader, codec: VideoCodec, now: Instant) {
    guard let payload = ParityPayload(parsing: packet, payload: header.payload) else {
      self.counted.malformedPackets += 1
      return
    }
    let firstSequence = self.videoSequences.unwrap(payload.firstSequenceNumber)
    self.parity?.insert(
      payload,
      in: packet,
      codec: codec,
      firstSequence: firstSequence,
      timestamp: header.timestamp
    )
    self.rebuild(frameOf: firstSequence, now: now)
  }

  /// Makes what can be made of the frame that a packet belongs to.
  private mutating func rebuild(frameOf sequence: Int64, now: Instant) {
    self.parity?.rebuild(frameOf: sequence, assembler: &self.assembler, made: &self.rebuilt, now: now)
    for sequence in self.rebuilt { _ = self.nacks.received(sequence, now: now) }
    self.counted.packetsRebuilt += self.rebuilt.count
    self.rebuilt.removeAll(keepingCapacity: true)
  }

  private mutating func receiveRetransmission(_ packet: RawSpan, _ header: RTPHeader, ecn: ECNMark, now: Instant) {
    self.feedback.received(header, isRetransmission: true, isFrameEnd: header.marker, ecn: ecn, now: now)
    if let codec = header.payloadType.parityCodec { return self.receiveParity(packet, header, codec: codec, now: now) }
    guard header.payloadType.isRetransmission,
      let retransmission = RetransmissionPayload(parsing: packet, payload: header.payload)
    else {
      self.counted.malformedPackets += 1
      return
    }
    self.silence.heard(now: now)
    let sequence = self.videoSequences.unwrap(retransmission.originalSequenceNumber)
    if !self.nacks.received(sequence, now: now) { self.refresh(givenUpBefore: sequence, now: now) }
    let refused = self.assembler.counts.refusedPackets
    self.assembler.insert(
      packet,
      payload: retransmission.payload,
      header: header,
      sequence: sequence,
      isRepair: true,
      now: now
    )
    // Of several copies, one repairs.
    if self.assembler.counts.refusedPackets == refused { self.counted.packetsRepaired += 1 }
    self.rebuild(frameOf: sequence, now: now)
  }

  private mutating func handle(_ part: RTCPPacket, in packet: RawSpan, now: Instant) {
    switch part {
    case .senderReport(let report):
      if report.ssrc == self.configuration.videoSSRC {
        self.reports.received(report, now: now)
        let clock = self.reports.clock
        if let smoothed = clock.smoothedRoundTrip {
          self.nacks.roundTrip = smoothed + clock.roundTripDeviation
        }
      }
    case .application(let application):
      guard application.ssrc == self.configuration.videoSSRC, application.name == InputAcknowledgement.name else {
        return
      }
      self.handle(application, data: packet.extracting(application.data))
    case .goodbye(let goodbye) where goodbye.ssrcs.contains(self.configuration.videoSSRC):
      guard !self.isEnded else { return }
      self.isEnded = true
      self.events.append(.closed(reason: goodbye.reason))
    default: break
    }
  }

  private mutating func handle(_ application: ApplicationPacket, data: RawSpan) {
    switch application.subtype {
    case InputAcknowledgement.subtype:
      guard let acknowledgement = InputAcknowledgement(parsing: data) else { return }
      self.input.acknowledge(acknowledgement.newestReceived)
    case TermsNotice.subtype:
      guard let notice = try? TermsNotice(parsing: data), let news = self.terms?.received(notice) else { return }
      self.assembler.takesRecoveryPoints = self.terms?.inForce.hasIntraRefresh ?? false
      if news.hasChanged { self.events.append(.termsChanged(notice)) }
      if news.isAnswered { self.events.append(.wishAnswered(notice)) }
    default: break
    }
  }

  private mutating func sendWish(now: Instant, _ send: (RawSpan, PacketKind) -> Void) {
    let roundTrip = self.roundTrip
    switch self.terms?.poll(roundTrip: roundTrip, now: now) {
    case .send(let wish):
      self.rtcp.removeAll(keepingCapacity: true)
      ApplicationPacket(
        ssrc: self.configuration.inputSSRC,
        name: InputAcknowledgement.name,
        subtype: TermsWish.subtype
      ).serialize(data: wish.serialized, into: &self.rtcp)
      send(self.rtcp.octets, .rtcp)
    case .unanswered: self.events.append(.wishUnanswered)
    case nil: break
    }
  }

  /// Some of the picture is lost for good: a key frame is asked for, at once or when it is not drawn anew without.
  ///
  /// - Parameter givenUpBefore: packets that are missing before this one will not come.
  private mutating func refresh(givenUpBefore: Int64, now: Instant) {
    self.assembler.refresh(givenUpBefore: givenUpBefore)
    guard let terms = self.terms?.inForce, let period = terms.refreshPeriod, let nextIndex = self.assembler.nextIndex
    else {
      self.refreshAt = now
      return
    }
    let askAt = self.refreshWait.lost(
      from: nextIndex,
      newest: self.assembler.newestIndex,
      period: period,
      nominal: .nanoseconds(1_000_000_000 / Int64(terms.frameRate)),
      now: now
    )
    if let askAt { self.refreshAt = askAt }
  }

  private mutating func requestRepairs(now: Instant, _ send: (RawSpan, PacketKind) -> Void) {
    if let tail = self.unnoticedTail, tail.noticeAt <= now, !self.nacks.expected(before: tail.end, now: now) {
      self.refresh(givenUpBefore: tail.end, now: now)
    }
    self.requests.removeAll(keepingCapacity: true)
    // Where the picture is drawn anew part by part, what comes after a loss goes into it.
    let keepsLater = self.assembler.takesRecoveryPoints && self.assembler.nextIndex != nil
    if self.nacks.poll(now: now, keepsLater: keepsLater, into: &self.requests) {
      self.refresh(givenUpBefore: self.nacks.givenUpBefore, now: now)
    }
    if !self.requests.isEmpty {
      self.rtcp.removeAll(keepingCapacity: true)
      GenericNACK(
        senderSSRC: self.configuration.inputSSRC,
        mediaSSRC: self.configuration.videoSSRC,
        missing: self.requests.map { SequenceNumber(rawValue: UInt16(truncatingIfNeeded: $0)) }
      ).serialize(into: &self.rtcp)
      send(self.rtcp.octets, .rtcp)
    }
    if self.assembler.isPictureBroken, self.refreshAt <= now {
      // A key frame that is on its way is better repaired than asked for again.
      let isArriving = self.assembler.hasKeyframeUnderWay && self.nacks.deadline != nil
      self.refreshAt = now + max((self.roundTrip ?? .milliseconds(30)) * 3 / 2 + .milliseconds(30), .milliseconds(60))
      self.refreshEchoAt = nil
      guard !isArriving else { return }
      self.counted.keyframeRequests += 1
      self.refreshEchoAt = now + Self.refreshEchoDelay
      self.sendPictureLoss(send)
    } else if let echoAt = self.refreshEchoAt, echoAt <= now {
      self.refreshEchoAt = nil
      if self.assembler.isPictureBroken { self.sendPictureLoss(send) }
    }
  }

  private mutating func sendPictureLoss(_ send: (RawSpan, PacketKind) -> Void) {
    self.rtcp.removeAll(keepingCapacity: true)
    PictureLossIndication(senderSSRC: self.configuration.inputSSRC, mediaSSRC: self.configuration.videoSSRC)
      .serialize(into: &self.rtcp)
    send(self.rtcp.octets, .rtcp)
  }

  private mutating func appendReports(now: Instant) {
    let timestamp = self.reports.reportSent(now: now)
    let echo = self.reports.echo(now: now)
    let soundBlock = self.sound.reportBlock(
      ssrc: self.configuration.audioSSRC,
      lastSR: echo.lastSR,
      delay: echo.delay
    )
    var blocks: [ReportBlock] = []
    // The echo lets the host measure the round trip, also while nothing has come.
    if self.videoStatistics.receivedCount > 0 || soundBlock == nil {
      blocks.append(
        self.videoStatistics.reportBlock(
          ssrc: self.configuration.videoSSRC,
          lastSR: echo.lastSR,
          delay: echo.delay
        )
      )
    }
    if let soundBlock { blocks.append(soundBlock) }
    SenderReport(
      ssrc: self.configuration.inputSSRC,
      ntp: timestamp,
      rtpTimestamp: ClockRate.video.timestamp(at: now),
      packetCount: self.input.packetCount,
      octetCount: self.input.octetCount,
      reports: blocks
    ).serialize(into: &self.rtcp)
    SourceDescription(ssrc: self.configuration.inputSSRC, cname: self.configuration.canonicalName)
      .serialize(into: &self.rtcp)
  }

  private mutating func sendFarewell(_ reason: String, now: Instant, _ send: (RawSpan, PacketKind) -> Void) {
    self.rtcp.removeAll(keepingCapacity: true)
    self.appendReports(now: now)
    Goodbye(ssrcs: [self.configuration.inputSSRC], reason: reason).serialize(into: &self.rtcp)
    send(self.rtcp.octets, .rtcp)
  }
}
