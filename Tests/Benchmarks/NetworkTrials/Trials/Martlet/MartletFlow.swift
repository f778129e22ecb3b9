internal import MediaUnits
internal import Octets
internal import RTP
internal import SessionProtocol
internal import Transport

/// Martlet's own two ends, as they are shipped: pictures, sound and input, with an encoder that is modelled.
final class MartletFlow: PictureFlow {
  /// What the largest frame is made of, without zeros, so that nothing in it looks like a start code.
  private static let picture = [0, 0, 0, 1, 0x41] + [UInt8](repeating: 0x55, count: 1 << 20)
  private static let keyPicture = [0, 0, 0, 1, 0x65] + [UInt8](repeating: 0x55, count: 1 << 20)
  private static let sound = [UInt8](repeating: 7, count: 160)
  /// Between the clocks of the two ends.
  private static let skew = Duration.milliseconds(1234)

  private let index: Int
  private var host: HostSession
  private var player: PlayerSession
  private var encoder: EncoderModel
  private var random: SplitMix64
  private(set) var record = PictureRecord()
  /// The record's numbers of the frames that were sent.
  private var sentNumbers: [Int] = []
  private var drawnCount: Int
  /// When the newest picture was drawn, if the host has not taken it yet.
  private var waitingSince: Instant?
  /// Until then the host takes none.
  private var skippedUntil = Instant.zero
  private var nextAudioAt: Instant
  private var nextInputAt: Instant
  private var mustSendKeyframe = true
  private var nextInput: UInt16 = 0

  /// - Parameters:
  ///   - index: of the flow on its path.
  ///   - limits: of its rate.
  ///   - start: the frame that it begins with.
  init(index: Int, limits: RateRange, start: Int = 0, seed: UInt64) {
    self.index = index
    self.drawnCount = start
    let startsAt = EncoderModel.time(of: start)
    func configuration(_ name: String, _ seed: UInt64, skew: Duration) -> SessionConfiguration {
      SessionConfiguration(
        videoSSRC: SSRC(rawValue: 100),
        videoRetransmissionSSRC: SSRC(rawValue: 101),
        audioSSRC: SSRC(rawValue: 102),
        inputSSRC: SSRC(rawValue: 103),
        canonicalName: name,
        ntp: NTPClock(epochNanoseconds: 3_900_000_000_000_000_000 + skew.wholeNanoseconds),
        sequenceSeed: seed,
        rateLimits: RateLimits(floor: limits.floor, cap: limits.cap, start: limits.start),
        frameInterval: EncoderModel.frameInterval
      )
    }
    self.host = HostSession(configuration: configuration("host", seed, skew: Self.skew), now: startsAt)
    self.player = PlayerSession(configuration: configuration("player", ~seed, skew: .zero), now: startsAt)
    self.encoder = EncoderModel(seed: seed ^ 0xABCD)
    self.random = SplitMix64(seed: seed ^ 0xBEEF)
    self.nextAudioAt = startsAt
    self.nextInputAt = startsAt
  }

  private var nextFrameAt: Instant { EncoderModel.time(of: self.drawnCount) }

  var deadline: Instant {
    let nextPictureAt = self.waitingSince == nil ? self.nextFrameAt : min(self.nextFrameAt, self.skippedUntil)
    return min(self.host.deadline, self.player.deadline, nextPictureAt, self.nextAudioAt, self.nextInputAt)
  }

  func receive(_ packet: TrialPacket, now: Instant) {
    guard case .session(let bytes, let kind) = packet.body else { return }
    switch kind {
    case .rtp: self.player.handle(rtp: bytes.octets, now: now)
    case .rtcp: self.player.handle(rtcp: bytes.octets, now: now)
    }
    self.show(now: now)
  }

  func receiveAnswer(_ packet: TrialPacket, now: Instant) {
    guard case .session(let bytes, let kind) = packet.body else { return }
    switch kind {
    case .rtp: self.host.handle(rtp: bytes.octets, now: now)
    case .rtcp: self.host.handle(rtcp: bytes.octets, now: now)
    }
    while let event = self.host.nextEvent() {
      if event == .keyframeRequested { self.mustSendKeyframe = true }
    }
  }

  func advance(now: Instant, _ send: (TrialPacket, _ isForward: Bool) -> Void) {
    self.play(now: now)
    let index = self.index
    self.host.poll(now: now) { packet, kind in
      send(Self.packet(packet, kind, of: index), true)
    }
    self.player.poll(now: now) { packet, kind in
      send(Self.packet(packet, kind, of: index), false)
    }
    self.show(now: now)
    while self.player.nextEvent() != nil {}
  }

  private func play(now: Instant) {
    while self.nextFrameAt <= now {
      // A picture that was not taken before the next one never is.
      if let drawnAt = self.waitingSince { self.record.skip(now: drawnAt) }
      self.waitingSince = self.nextFrameAt
      self.drawnCount += 1
    }
    if let drawnAt = self.waitingSince, self.skippedUntil <= now { self.takeFrame(drawnAt: drawnAt, now: now) }
    if self.nextAudioAt <= now {
      self.nextAudioAt += .milliseconds(10)
      self.host.send(audio: Self.sound.octets, capturedAt: now, now: now)
    }
    if self.nextInputAt <= now {
      self.nextInputAt += .milliseconds(Int64.random(in: 1...30, using: &self.random))
      self.nextInput &+= 1
      self.player.send(.key(code: self.nextInput, isPressed: true), now: now)
    }
  }

  /// As the host's capturing thread does: the picture is encoded for what the path takes now, or left for later.
  private func takeFrame(drawnAt: Instant, now: Instant) {
    let bitrate: Bitrate
    switch self.host.planFrame(now: now) {
    case .skip(let until):
      self.skippedUntil = max(until, now + .microseconds(1))
      return
    case .encode(_, let planned): bitrate = planned
    }
    self.waitingSince = nil
    let isKeyframe = self.mustSendKeyframe
    let byteCount = self.encoder.byteCount(budget: bitrate.byteCount(perFrameAt: 60), isKeyframe: isKeyframe)
    self.mustSendKeyframe = false
    let number = self.record.capture(now: drawnAt)
    let frame = VideoFrame(
      isKeyframe: isKeyframe,
      damagedAt: drawnAt,
      capturedAt: now,
      convertedAt: now,
      encodedAt: now,
      inputSequence: self.host.input.newestSequence
    )
    let sentCount = self.host.statistics.framesSent
    let picture = isKeyframe ? Self.keyPicture : Self.picture
    self.host.send(picture.octets.extracting(0..<min(byteCount, picture.count)), frame: frame, now: now)
    if self.host.statistics.framesSent > sentCount { self.sentNumbers.append(number) }
    while let event = self.host.nextEvent() {
      if event == .keyframeRequested { self.mustSendKeyframe = true }
    }
  }

  private func show(now: Instant) {
    while self.player.nextFrame({ frame, accessUnit in
      guard self.sentNumbers.indices.contains(Int(frame.index)) else { return }
      self.record.show(self.sentNumbers[Int(frame.index)], byteCount: accessUnit.byteCount, now: now)
    }) {}
    while self.player.nextAudio(now: now, { _, _ in }) {}
  }

  private static func packet(_ bytes: RawSpan, _ kind: PacketKind, of flow: Int) -> TrialPacket {
    var copy: [UInt8] = []
    copy.reserveCapacity(bytes.byteCount)
    copy.append(contentsOf: bytes)
    var role = TrialPacket.Role.control
    if kind == .rtp, let header = try? RTPHeader(parsing: bytes) {
      role = header.payloadType == .video || header.payloadType == .audio ? .media : .repair
    }
    return TrialPacket(
      flow: flow,
      byteCount: bytes.byteCount + TrialPacket.overheadByteCount,
      role: role,
      body: .session(copy, kind)
    )
  }
}
