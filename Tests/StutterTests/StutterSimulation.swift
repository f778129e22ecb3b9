import MediaUnits
import NetworkSimulator
import Octets
import RTP
import SessionReport
import Transport

/// A whole session, from a game's drawing to the picture on the player's screen, on one virtual clock.
///
/// The machines of both ends and the path between them are the ones that ship; the game, the capture, the encoder and
/// the decoder are times that a test chooses.
struct StutterSimulation: ~Copyable {
  /// How long each step of one frame takes.
  struct Steps {
    var capture: Duration = .milliseconds(1)
    var convert: Duration = .milliseconds(1)
    var encode: Duration = .milliseconds(4)
    /// Until the network thread takes the frame.
    var send: Duration = .microseconds(100)
    var decode: Duration = .milliseconds(3)
    var present: Duration = .microseconds(200)
    var byteCount = 8000
    /// The host leaves the picture out, for this reason.
    var skip: SkippedPictures.Reason?
    /// The host takes no picture, and nobody knows why.
    var isMissed = false
  }

  private struct Datagram: Sendable {
    var bytes: [UInt8]
    var kind: PacketKind
  }

  private struct Encoded {
    var frame: VideoFrame
    var byteCount: Int
    var sendAt: Instant
  }

  static let frameInterval = Duration.nanoseconds(16_666_667)
  private static let start = Instant(nanoseconds: 1_000_000_000)

  private var host: HostSession
  private var player: PlayerSession
  private var down: SimulatedLink<Datagram>
  private var up: SimulatedLink<Datagram>
  private(set) var recorder = SessionRecorder()
  private var now = StutterSimulation.start
  private var drawnCount = 0
  /// When the capture thread, which encodes too, is free again.
  private var captureFreeAt = Instant.zero
  private var waitingSince: Instant?
  private var skipped: (count: Int, reason: SkippedPictures.Reason)?
  private var mustSendKeyframe = true
  private var encoded: [Encoded] = []
  private var decoderFreeAt = Instant.zero
  private var lastIndex: Int64?
  private let steps: (Duration) -> Steps
  private let conditions: (Duration) -> LinkConditions
  private(set) var freezeTimes: [Duration] = []

  /// - Parameters:
  ///   - conditions: what the path towards the player is like, so long after the start.
  ///   - steps: what the frame takes that was drawn so long after the start.
  init(
    seed: UInt64,
    conditions: @escaping (Duration) -> LinkConditions,
    steps: @escaping (Duration) -> Steps = { _ in Steps() }
  ) {
    func configuration(_ name: String, _ seed: UInt64, skew: Duration) -> SessionConfiguration {
      SessionConfiguration(
        videoSSRC: SSRC(rawValue: 100),
        videoRetransmissionSSRC: SSRC(rawValue: 101),
        audioSSRC: SSRC(rawValue: 102),
        inputSSRC: SSRC(rawValue: 103),
        canonicalName: name,
        ntp: NTPClock(epochNanoseconds: 3_900_000_000_000_000_000 + skew.wholeNanoseconds),
        sequenceSeed: seed
      )
    }
    self.host = HostSession(configuration: configuration("host", seed, skew: .milliseconds(777)), now: self.now)
    self.player = PlayerSession(configuration: configuration("player", ~seed, skew: .zero), now: self.now)
    self.down = SimulatedLink(conditions(.zero), seed: seed, start: self.now)
    self.up = SimulatedLink(LinkConditions(delay: conditions(.zero).delay), seed: seed &* 31 &+ 7, start: self.now)
    self.steps = steps
    self.conditions = conditions
  }

  /// Plays for `duration` of virtual time.
  mutating func run(for duration: Duration) {
    let end = Self.start + duration
    var stepsLeft = 2000 + Int(duration.inSeconds * 40_000)
    while self.now < end, stepsLeft > 0 {
      stepsLeft -= 1
      self.down.conditions = self.conditions(self.now - Self.start)
      self.draw()
      self.sendEncoded()
      self.exchange()
      var next = min(end, self.nextDrawAt, self.host.deadline, self.player.deadline)
      if let sendAt = self.encoded.first?.sendAt { next = min(next, sendAt) }
      if self.waitingSince != nil { next = min(next, self.captureFreeAt) }
      if let at = self.down.deadline { next = min(next, at) }
      if let at = self.up.deadline { next = min(next, at) }
      self.now = max(next, self.now + .microseconds(1))
    }
    precondition(stepsLeft > 0, "a run comes to its end")
  }

  /// What the player's summary says of its freezes.
  var stutter: StutterAnalysis { self.recorder.summary.stutter }

  private var nextDrawAt: Instant { Self.start + Self.frameInterval * self.drawnCount }

  /// The game draws; the host takes the picture when it can, and the newest one only.
  private mutating func draw() {
    if self.nextDrawAt <= self.now {
      self.drawnCount += 1
      if self.waitingSince == nil { self.waitingSince = self.now }
    }
    guard let damagedAt = self.waitingSince, self.captureFreeAt <= self.now else { return }
    self.waitingSince = nil
    let steps = self.steps(self.now - Self.start)
    if steps.isMissed { return }
    if let reason = steps.skip {
      self.skipped = ((self.skipped?.count ?? 0) + 1, reason)
      return
    }
    let capturedAt = self.now + steps.capture
    let convertedAt = capturedAt + steps.convert
    let encodedAt = convertedAt + steps.encode
    let frame = VideoFrame(
      isKeyframe: self.mustSendKeyframe,
      damagedAt: damagedAt,
      capturedAt: capturedAt,
      convertedAt: convertedAt,
      encodedAt: encodedAt,
      inputSequence: 0,
      skipped: self.skipped.map { SkippedPictures(count: $0.count, reason: $0.reason) }
    )
    self.skipped = nil
    self.mustSendKeyframe = false
    self.captureFreeAt = encodedAt
    self.encoded.append(Encoded(frame: frame, byteCount: steps.byteCount, sendAt: encodedAt + steps.send))
  }

  private mutating func sendEncoded() {
    while let next = self.encoded.first, next.sendAt <= self.now {
      self.encoded.removeFirst()
      let byteCount = next.frame.isKeyframe ? next.byteCount * 3 : next.byteCount
      let accessUnit: [UInt8] =
        [0, 0, 0, 1, next.frame.isKeyframe ? 0x65 : 0x41] + Array(repeating: 9, count: byteCount)
      self.host.send(accessUnit.octets, frame: next.frame, now: self.now)
    }
  }

  private mutating func exchange() {
    while let datagram = self.down.receive(now: self.now) {
      switch datagram.kind {
      case .rtp: self.player.handle(rtp: datagram.bytes.octets, now: self.now)
      case .rtcp: self.player.handle(rtcp: datagram.bytes.octets, now: self.now)
      }
    }
    while let datagram = self.up.receive(now: self.now) {
      switch datagram.kind {
      case .rtp: self.host.handle(rtp: datagram.bytes.octets, now: self.now)
      case .rtcp: self.host.handle(rtcp: datagram.bytes.octets, now: self.now)
      }
    }
    self.show()
    let now = self.now
    self.host.poll(now: now) { packet, kind in
      let bytes = packet.withUnsafeBytes { Array($0) }
      self.down.send(Datagram(bytes: bytes, kind: kind), byteCount: bytes.count + 16, now: now)
    }
    self.player.poll(now: now) { packet, kind in
      let bytes = packet.withUnsafeBytes { Array($0) }
      self.up.send(Datagram(bytes: bytes, kind: kind), byteCount: bytes.count + 16, now: now)
    }
    while let event = self.host.nextEvent() {
      if case .keyframeRequested = event { self.mustSendKeyframe = true }
    }
    while self.player.nextEvent() != nil {}
  }

  /// Decodes, one frame after the other, and shows.
  private mutating func show() {
    let now = self.now
    var frames: [ReceivedFrame] = []
    while self.player.nextFrame({ frame, _ in frames.append(frame) }) {}
    for frame in frames {
      let drawnAt = frame.host?.damagedAt ?? now
      let steps = self.steps(drawnAt - Self.start)
      let decodedAt = max(now, self.decoderFreeAt) + steps.decode
      self.decoderFreeAt = decodedAt + steps.present
      for _ in 0..<max(0, frame.index - (self.lastIndex ?? frame.index - 1) - 1) { self.recorder.recordLostFrame() }
      self.lastIndex = frame.index
      self.recorder.record(FrameLedger(frame, decodedAt: decodedAt, presentedAt: decodedAt + steps.present))
    }
  }
}
