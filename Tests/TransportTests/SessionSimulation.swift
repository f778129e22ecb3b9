import MediaUnits
import NetworkSimulator
import Octets
import RTP
import SessionProtocol
import Transport

/// Both ends of a session and the path between them, on one virtual clock.
///
/// A synthetic game draws a frame each `frameInterval`; its encoder refers only to the frame before, as ours does, and
/// the player's decoder checks that it was given that frame.
struct SessionSimulation: ~Copyable {
  struct Datagram: Sendable {
    var bytes: [UInt8]
    var kind: PacketKind
  }

  struct Planned: Hashable {
    var at: Instant
    var plan: FramePlan
    var state: PathState
  }

  struct SentPacket: Hashable {
    var at: Instant
    var byteCount: Int
  }

  struct Report: Hashable {
    var framesSent = 0
    var framesDecoded = 0
    /// Frames handed to the decoder without the frame that they refer to.
    var brokenReferences = 0
    /// Frames whose bytes were not what was sent.
    var damagedFrames = 0
    var longestGap = Duration.zero
    var lastDecodedAt = Instant.zero
    var inputsApplied: [UInt16] = []
    var inputsSent = 0
    var keyframesSent = 0
    var retransmissions = 0
    var videoPackets = 0
    var parityPackets = 0
    /// Bytes of everything that the host sent.
    var bytesSent = 0
    /// The longest time between the first and a later sending of one packet.
    var oldestRetransmission = Duration.zero
    var audioPackets = 0
    var audioLost = 0
    /// Packets of sound that were not what was due next.
    var audioDisorders = 0
    var transitDelays: [Duration] = []
    /// From the sending of each decoded frame to its decoding, by the clock that both ends are on.
    var frameWays: [Duration] = []
    /// The shortest time between two sendings of one packet in the retransmission stream.
    var shortestCopySpacing: Duration?
    /// Packets of the retransmission stream whose number is not the one after the number before.
    var retransmissionJumps = 0
    var clockOffset: Duration?
    var hostEvents: [HostSession.Event] = []
    var playerEvents: [PlayerSession.Event] = []
    var stepsLeft = 0
    /// Frames that were decoded and not to be shown, since the picture was still being drawn anew.
    var framesHidden = 0
    /// Frames that were to be shown though some of the picture was not what was sent.
    var wrongPictures = 0
    /// When frames were shown that were the first whole ones of a picture drawn anew.
    var refreshedFrames: [Int64] = []
    /// Frames whose codec is not the one that they were sent in, or that changes it without being a key frame.
    var wrongCodecs = 0
    /// When frames on new terms were first decoded, by revision.
    var changesSeenAt: [Instant] = []
    /// What the host planned for each frame, with when.
    var plans: [Planned] = []
    /// When each packet of the video stream was first sent, and its bytes.
    var packetsSent: [SentPacket] = []
  }

  static let frameInterval = Duration.nanoseconds(16_666_667)
  /// Bytes to make frames of; without zeros, so that none looks like a start code.
  private static let noise: [UInt8] = {
    var random = SplitMix64(seed: 1)
    return (0..<524_288).map { _ in UInt8.random(in: 1...255, using: &random) }
  }()
  private static let skew = Duration.milliseconds(1234)

  var host: HostSession
  var player: PlayerSession
  var down: SimulatedLink<Datagram>
  var up: SimulatedLink<Datagram>
  var report = Report()
  var isHostHeard = true
  /// Changes a byte of each parity packet.
  var woundedParity: SplitMix64?
  var isPlayerHeard = true
  /// What the host's packets say of its reaction to marks.
  var sentECN = ECNMark.capable1
  /// The encoder, where the session's terms can change.
  var seat: SimulatedSeat?
  /// What a planned frame takes at most, for its picture looks right with so much.
  var largestFrameByteCount = Int.max
  /// Datagrams that do not arrive, the next so many of a kind.
  var losses = SimulatedLosses()
  /// Which parts of the picture are as they were sent, where it is drawn anew part by part.
  private var refresh = SimulatedRefresh()
  private(set) var now = Instant(nanoseconds: 1_000_000_000)
  private var random: SplitMix64
  private var mustSendKeyframe = true
  private var lastDecoded: Int64 = -1
  private var lastCodec = VideoCodec.h264
  private var sentFrames: [[UInt8]] = []
  private var sentTerms: [SimulatedSeat.Frame] = []
  private var frameSentAt: [Instant] = []
  /// When the packet of each sequence number was first sent, the newest with that number.
  private var firstSentAt: [UInt16: Instant] = [:]
  private var lastRepeatedAt: [UInt16: Instant] = [:]
  private var lastRetransmission: UInt16?
  private var nextInput: UInt16 = 0
  private var nextFrameAt = Instant.zero
  private var nextAudio = 0
  private var audioDue: UInt8 = 0
  private var nextAudioAt = Instant.zero
  private var nextInputAt = Instant.zero
  private var frameByteCounts: ClosedRange<Int>
  /// Whether frames are as large as the host plans them, or of any size.
  private let isPlanned: Bool

  init(
    _ conditions: LinkConditions,
    seed: UInt64,
    frameByteCounts: ClosedRange<Int> = 2_000...20_000,
    silenceTimeout: Duration = .seconds(5),
    terms: (granted: StreamTerms, bounds: TermsBounds)? = nil,
    wish: StreamTerms? = nil,
    hasParity: Bool = false,
    isPlanned: Bool = false,
    rateLimits: RateLimits = RateLimits(cap: .megabits(50))
  ) {
    self.isPlanned = isPlanned
    func configuration(_ name: String, _ seed: UInt64, skew: Duration) -> SessionConfiguration {
      SessionConfiguration(
        videoSSRC: SSRC(rawValue: 100),
        videoRetransmissionSSRC: SSRC(rawValue: 101),
        audioSSRC: SSRC(rawValue: 102),
        inputSSRC: SSRC(rawValue: 103),
        canonicalName: name,
        ntp: NTPClock(epochNanoseconds: 3_900_000_000_000_000_000 + skew.wholeNanoseconds),
        silenceTimeout: silenceTimeout,
        sequenceSeed: seed,
        rateLimits: rateLimits
      )
    }
    let code = hasParity ? PlainErasureCode() : nil
    self.host = HostSession(
      configuration: configuration("host", seed, skew: Self.skew),
      terms: terms.map { HostTerms(granted: $0.granted, wish: wish, bounds: $0.bounds) },
      code: code,
      now: self.now
    )
    self.player = PlayerSession(
      configuration: configuration("player", ~seed, skew: .zero),
      terms: terms.map { PlayerTerms(granted: $0.granted) },
      code: code,
      now: self.now
    )
    self.seat = terms.map { SimulatedSeat(terms: $0.granted) }
    self.down = SimulatedLink(conditions, seed: seed)
    self.up = SimulatedLink(conditions, seed: seed &* 31 &+ 7)
    self.random = SplitMix64(seed: seed ^ 0xABCD)
    self.frameByteCounts = frameByteCounts
    self.nextFrameAt = self.now
    self.nextAudioAt = self.now
    self.nextInputAt = self.now
  }

  /// Runs for `duration` of virtual time.
  ///
  /// - Parameters:
  ///   - isPlaying: whether the game draws, sounds and is steered meanwhile; otherwise what is under way settles.
  mutating func run(for duration: Duration, isPlaying: Bool = true) {
    let end = self.now + duration
    // Far more steps than a run needs: a livelock fails, never hangs.
    var stepsLeft = 2000 + Int(duration.inSeconds * 40_000)
    while self.now < end, stepsLeft > 0 {
      stepsLeft -= 1
      if isPlaying { self.play() }
      self.exchange()
      var next = min(end, self.host.deadline, self.player.deadline)
      if let at = self.down.deadline { next = min(next, at) }
      if let at = self.up.deadline { next = min(next, at) }
      if isPlaying { next = min(next, self.nextFrameAt, self.nextAudioAt, self.nextInputAt) }
      self.now = max(next, self.now + .microseconds(1))
    }
    self.report.stepsLeft = stepsLeft
    self.report.retransmissions = self.host.statistics.retransmissions
    self.report.audioLost = self.player.statistics.audioPacketsLost
  }

  private mutating func play() {
    if self.nextFrameAt <= self.now {
      self.nextFrameAt = self.now + (self.seat?.frameInterval ?? Self.frameInterval)
      self.drawFrame()
    }
    if self.nextAudioAt <= self.now {
      self.nextAudioAt = self.now + .milliseconds(10)
      let packet = [UInt8](repeating: UInt8(truncatingIfNeeded: self.nextAudio), count: 160)
      self.nextAudio += 1
      self.host.send(audio: packet.octets, capturedAt: self.now, now: self.now)
    }
    if self.nextInputAt <= self.now {
      self.nextInputAt = self.now + .milliseconds(Int64.random(in: 1...30, using: &self.random))
      self.nextInput &+= 1
      if self.player.send(.key(code: self.nextInput, isPressed: true), now: self.now) != nil {
        self.report.inputsSent += 1
      }
    }
  }

  private mutating func drawFrame() {
    if let terms = self.seat?.takeFinished(now: self.now) {
      self.host.termsChanged(to: terms, now: self.now)
      self.mustSendKeyframe = true
    }
    var byteCount = Int.random(in: self.frameByteCounts, using: &self.random)
    if self.isPlanned {
      let state = self.host.pathState(now: self.now)
      let plan = self.host.planFrame(now: self.now)
      self.report.plans.append(Planned(at: self.now, plan: plan, state: state))
      guard case .encode(let budget, _) = plan else { return }
      // An encoder keeps to its budget; headers come on top, so it is set a little lower.
      byteCount = min(self.largestFrameByteCount, Self.noise.count, max(200, budget * 14 / 15 - 100))
    }
    let isKeyframe = self.mustSendKeyframe
    self.mustSendKeyframe = false
    let codec = self.seat?.terms.codec ?? .h264
    // The first byte, or two, of an IDR picture or another.
    let start =
      codec == .h264 ? [isKeyframe ? 0x65 : 0x41] as [UInt8] : [isKeyframe ? 0x26 : 0x02, 0x01] as [UInt8]
    let message = self.refresh.encode(isKeyframe: isKeyframe, terms: self.seat?.terms)
    var accessUnit: [UInt8] = message + [0, 0, 0, 1] + start
    let offset = Int.random(in: 0...Self.noise.count - byteCount, using: &self.random)
    accessUnit.append(contentsOf: Self.noise[offset..<offset + byteCount])
    let frame = VideoFrame(
      codec: codec,
      isKeyframe: isKeyframe,
      damagedAt: self.now,
      capturedAt: self.now,
      convertedAt: self.now,
      encodedAt: self.now,
      inputSequence: self.host.input.newestSequence,
      startsRefresh: !message.isEmpty
    )
    self.host.send(accessUnit.octets, frame: frame, now: self.now)
    self.sentFrames.append(accessUnit)
    self.frameSentAt.append(self.now)
    self.sentTerms.append(SimulatedSeat.Frame(codec: codec, revision: self.seat?.revision ?? 0))
    self.report.framesSent += 1
    if isKeyframe { self.report.keyframesSent += 1 }
  }

  private mutating func exchange() {
    while let arrival = self.down.receiveArrival(now: self.now) {
      guard self.isHostHeard else { continue }
      let bytes = arrival.datagram.bytes
      let ecn = arrival.isMarked ? self.sentECN.marked : self.sentECN
      switch arrival.datagram.kind {
      case .rtp: self.player.handle(rtp: bytes.octets, ecn: ecn, now: self.now)
      case .rtcp: self.player.handle(rtcp: bytes.octets, now: self.now)
      }
    }
    while let datagram = self.up.receive(now: self.now) {
      guard self.isPlayerHeard else { continue }
      switch datagram.kind {
      case .rtp: self.host.handle(rtp: datagram.bytes.octets, now: self.now)
      case .rtcp: self.host.handle(rtcp: datagram.bytes.octets, now: self.now)
      }
    }
    self.decode()
    let now = self.now
    self.host.poll(now: now) { packet, kind in
      self.report.bytesSent += packet.byteCount
      guard !self.losses.takesDown(packet, kind) else { return }
      if kind == .rtp, let header = try? RTPHeader(parsing: packet) {
        if header.payloadType.parityCodec != nil {
          self.report.parityPackets += 1
          self.lastRetransmission = header.sequenceNumber.rawValue
        } else if !header.payloadType.isRetransmission, header.payloadType.videoCodec != nil {
          self.firstSentAt[header.sequenceNumber.rawValue] = now
          self.report.packetsSent.append(SentPacket(at: now, byteCount: packet.byteCount))
          self.report.videoPackets += 1
        } else if header.payloadType.isRetransmission,
          let repeated = RetransmissionPayload(parsing: packet, payload: header.payload),
          let sentAt = self.firstSentAt[repeated.originalSequenceNumber.rawValue]
        {
          self.report.oldestRetransmission = max(self.report.oldestRetransmission, now - sentAt)
          if let last = self.lastRetransmission, last != header.sequenceNumber.rawValue &- 1 {
            self.report.retransmissionJumps += 1
          }
          self.lastRetransmission = header.sequenceNumber.rawValue
          let original = repeated.originalSequenceNumber.rawValue
          if let last = self.lastRepeatedAt.updateValue(now, forKey: original), last >= sentAt {
            self.report.shortestCopySpacing = min(self.report.shortestCopySpacing ?? .seconds(1), now - last)
          }
        }
      }
      var bytes = packet.copied
      if kind == .rtp, PayloadType(rawValue: bytes[1] & 0x7F).parityCodec != nil, self.woundedParity != nil {
        let place = Int.random(in: 12..<bytes.count / 8, using: &self.woundedParity!)
        bytes[place] = UInt8.random(in: 0...255, using: &self.woundedParity!)
      }
      self.down.send(Datagram(bytes: bytes, kind: kind), byteCount: packet.byteCount + 16, now: now)
    }
    self.player.poll(now: now) { packet, kind in
      guard !self.losses.takesUp(packet, kind) else { return }
      self.up.send(Datagram(bytes: packet.copied, kind: kind), byteCount: packet.byteCount + 16, now: now)
    }
    while let event = self.host.nextEvent() {
      switch event {
      case .input(_, .key(let code, _)): self.report.inputsApplied.append(code)
      case .keyframeRequested: self.mustSendKeyframe = true
      case .changeWanted(let terms):
        let canDo = !terms.hasIntraRefresh || self.seat?.hasRefresh ?? false
        if canDo { self.seat?.begin(terms, now: now) } else { self.host.changeFailed(now: now) }
      default: self.report.hostEvents.append(event)
      }
    }
    while let event = self.player.nextEvent() { self.report.playerEvents.append(event) }
  }

  private mutating func decode() {
    let now = self.now
    while self.player.nextFrame({ frame, accessUnit in
      // Damaged parity may make up frames that never were.
      guard self.sentTerms.indices.contains(Int(frame.index)) else {
        self.report.damagedFrames += 1
        return
      }
      let isWhole = self.refresh.decode(Int(frame.index))
      if !frame.isKeyframe, frame.index != self.lastDecoded + 1, !self.refresh.isOn {
        self.report.brokenReferences += 1
      }
      let sent = self.sentTerms[Int(frame.index)]
      if frame.codec != sent.codec || (frame.codec != self.lastCodec && !frame.isKeyframe) {
        self.report.wrongCodecs += 1
      }
      self.lastCodec = frame.codec
      while self.report.changesSeenAt.count < sent.revision { self.report.changesSeenAt.append(now) }
      if accessUnit.copied != self.sentFrames[Int(frame.index)] { self.report.damagedFrames += 1 }
      self.lastDecoded = frame.index
      guard frame.refresh != .underWay else {
        self.report.framesHidden += 1
        return
      }
      if !isWhole { self.report.wrongPictures += 1 }
      if frame.refresh == .completed { self.report.refreshedFrames.append(frame.index) }
      self.report.frameWays.append(now - self.frameSentAt[Int(frame.index)])
      if self.report.framesDecoded > 0 {
        self.report.longestGap = max(self.report.longestGap, now - self.report.lastDecodedAt)
      }
      self.report.lastDecodedAt = now
      self.report.framesDecoded += 1
      if let host = frame.host { self.report.transitDelays.append(now - host.sentAt) }
    }) {}
    while self.player.nextAudio(
      now: now,
      { step, payload in
        switch step {
        case .lost(let count): self.audioDue &+= UInt8(truncatingIfNeeded: count)
        case .packet:
          if payload.copied != [UInt8](repeating: self.audioDue, count: 160) { self.report.audioDisorders += 1 }
          self.audioDue &+= 1
          self.report.audioPackets += 1
        }
      }
    ) {}
  }
}

extension RawSpan {
  /// The bytes as an array.
  var copied: [UInt8] { self.withUnsafeBytes { Array($0) } }
}
