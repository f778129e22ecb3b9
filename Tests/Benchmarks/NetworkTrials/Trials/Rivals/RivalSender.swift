internal import MediaUnits

/// Divides frames into datagrams, adds parity where asked for, paces them, and sends parts again.
struct RivalSender {
  private struct Sent {
    var at: Instant
    var byteCount: Int
    var cluster: Int?
  }

  /// What decides the rate; `nil` where it is fixed.
  private(set) var gcc: GCCControl?
  private let fixedRate: Bitrate
  /// From ``firstSent`` on, by transport sequence; `nil` once feedback was about it.
  private var sent: [Sent?] = []
  private var firstSent: Int64 = 0
  private var pacer: RivalPacer
  /// Parity packets for each part, rounded up.
  private let parityShare: Double
  private var encoder: EncoderModel
  private var nextSequence: Int64 = 0
  private var nextTransportSequence: Int64 = 0
  private var frameCount = 0
  private var history: [Int64: RivalPacket.Part] = [:]
  /// When a part was last put into the queue, to be sent again.
  private var repeatedAt: [Int64: Instant] = [:]
  private var oldestKept: Int64 = 0
  /// Bytes of parts and of repeats sent in the last second or so.
  private var mediaByteCount = 0.0
  private var repeatByteCount = 0.0
  private var mustSendKeyframe = true
  private var keyframeSentAt: Instant?
  /// Smoothed.
  private(set) var roundTrip = Duration.milliseconds(100)
  private var hasRoundTrip = false
  private var nextAudioAt = Instant.zero
  private let audioInterval = Duration.milliseconds(10)

  /// What a fixed sender sends with, which knows of no path: 80 % of a gigabit.
  private static let unpaced = Bitrate.megabits(800)
  private static let historyCount: Int64 = 4096

  /// - Parameters:
  ///   - control: decides the rate.
  ///   - fixedRate: what pictures are sent with otherwise.
  init(_ control: GCCControl?, fixedRate: Bitrate, parityShare: Double, seed: UInt64) {
    self.gcc = control
    self.fixedRate = fixedRate
    self.parityShare = parityShare
    self.encoder = EncoderModel(seed: seed)
    self.pacer = RivalPacer(rate: Self.unpaced)
    self.setPace()
  }

  /// What the next frame is encoded for.
  var target: Bitrate { self.gcc?.target ?? self.fixedRate }

  /// Encodes a frame and queues it.
  mutating func drawFrame(now: Instant) {
    self.mediaByteCount *= 59 / 60.0
    self.repeatByteCount *= 59 / 60.0
    let isKeyframe = self.mustSendKeyframe
    self.mustSendKeyframe = false
    if isKeyframe { self.keyframeSentAt = now }
    let byteCount = self.encoder.byteCount(budget: self.frameBudget, isKeyframe: isKeyframe)
    let largest = RivalPacket.maximumPayloadByteCount
    let count = (byteCount + largest - 1) / largest
    let parityCount = self.parityShare > 0 ? max(2, Int((Double(count) * self.parityShare).rounded(.up))) : 0
    for index in 0..<(count + parityCount) {
      let part = RivalPacket.Part(
        sequence: self.nextSequence,
        frame: self.frameCount,
        index: index,
        sourceCount: count,
        parityCount: parityCount,
        isKeyframe: isKeyframe,
        payloadByteCount: index < count ? min(largest, byteCount - index * largest) : min(largest, byteCount)
      )
      self.history[self.nextSequence] = part
      self.nextSequence += 1
      self.pacer.queue(RivalPacket(content: .part(part)))
    }
    while self.oldestKept < self.nextSequence - Self.historyCount {
      self.history[self.oldestKept] = nil
      self.repeatedAt[self.oldestKept] = nil
      self.oldestKept += 1
    }
    self.frameCount += 1
  }

  mutating func receive(_ answer: RivalAnswer, now: Instant) {
    switch answer {
    case .missing(let sequences):
      for sequence in sequences {
        guard let part = self.history[sequence] else { continue }
        // What was sent again within a round trip is on its way.
        if let repeatedAt = self.repeatedAt[sequence], now - repeatedAt < self.roundTrip { continue }
        self.repeatedAt[sequence] = now
        self.pacer.queue(repeated: RivalPacket(content: .part(part)))
      }
    case .pictureLoss:
      if let sentAt = self.keyframeSentAt, now - sentAt < self.roundTrip + .milliseconds(15) { return }
      self.mustSendKeyframe = true
    case .feedback(let feedback):
      let results = self.results(of: feedback)
      if let newest = results.last(where: { $0.arrivedAt != nil }) {
        let sample = now - newest.sentAt - feedback.hold
        self.roundTrip = self.hasRoundTrip ? self.roundTrip * 7 / 8 + sample / 8 : sample
        self.hasRoundTrip = true
      }
      self.gcc?.receive(results, roundTrip: self.roundTrip, now: now)
      self.setPace()
    }
  }

  var deadline: Instant { min(self.pacer.deadline, self.nextAudioAt) }

  /// - Parameter send: takes what is due, and its role.
  mutating func poll(now: Instant, _ send: (RivalPacket, TrialPacket.Role) -> Void) {
    if self.nextAudioAt <= now {
      self.nextAudioAt += self.audioInterval
      self.pacer.queue(audio: RivalPacket(content: .audio))
    }
    if self.pacer.probe == nil, let probe = self.gcc?.nextProbe(now: now) { self.pacer.start(probe) }
    while let next = self.pacer.next(now: now) {
      var packet = next.packet
      packet.transportSequence = self.nextTransportSequence
      self.nextTransportSequence += 1
      let byteCount = RivalPacer.byteCount(of: packet)
      if next.isRepeat { self.repeatByteCount += Double(byteCount) } else { self.mediaByteCount += Double(byteCount) }
      self.sent.append(Sent(at: now, byteCount: byteCount, cluster: next.cluster))
      send(packet, next.isRepeat ? .repair : Self.role(of: packet))
    }
  }

  private static func role(of packet: RivalPacket) -> TrialPacket.Role {
    switch packet.content {
    case .part(let part): part.index < part.sourceCount ? .media : .repair
    case .audio: .media
    case .padding: .repair
    }
  }

  /// Bytes of a frame's payload: the rate less sound, headers and parity. A fixed rate is the picture's alone.
  private var frameBudget: Int {
    let perFrame = self.target.byteCount(perFrameAt: 60)
    guard self.gcc != nil else { return perFrame }
    let audio = (160 + 12 + TrialPacket.overheadByteCount) * 100 / 60
    let whole = RivalPacket.maximumPayloadByteCount + RivalPacket.headerByteCount
    let payload = Double((perFrame - audio) * RivalPacket.maximumPayloadByteCount / whole)
    // What is sent again is taken from the encoder's share, up to a half, as libwebrtc's `FecController` does.
    let repeated = self.repeatByteCount / max(self.repeatByteCount + self.mediaByteCount, 1)
    return max(200, Int(payload * (1 - min(repeated, 0.5))))
  }

  /// What feedback says of each datagram, in the order of sending.
  private mutating func results(of feedback: RivalFeedback) -> [PacketResult] {
    var results: [PacketResult] = []
    for (offset, arrivedAt) in feedback.arrivals.enumerated() {
      let index = Int(feedback.first - self.firstSent) + offset
      guard self.sent.indices.contains(index), let sent = self.sent[index] else { continue }
      self.sent[index] = nil
      let result = PacketResult(
        sentAt: sent.at,
        arrivedAt: arrivedAt,
        byteCount: sent.byteCount,
        cluster: sent.cluster
      )
      results.append(result)
    }
    let doneCount = min(Int(feedback.first - self.firstSent) + feedback.arrivals.count, self.sent.count)
    if doneCount * 2 > self.sent.count {
      self.sent.removeFirst(doneCount)
      self.firstSent += Int64(doneCount)
    }
    return results
  }

  private mutating func setPace() {
    guard let gcc = self.gcc else { return }
    // What waits is to be gone within two seconds.
    let drain = Bitrate(bitsPerSecond: Int64(self.pacer.queuedByteCount * 8 / 2))
    self.pacer.rate = max(Bitrate(bitsPerSecond: gcc.target.bitsPerSecond * 5 / 2), drain)
  }
}
