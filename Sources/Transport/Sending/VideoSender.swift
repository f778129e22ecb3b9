internal import MediaUnits
internal import Octets
internal import RTP

/// Turns encoded frames into RTP packets, keeps them for a while, and sends them again when asked.
///
/// - Spec: RFC 6184 §5–6 (packetization mode 1), RFC 4588 (retransmission); Protocol/media.md.
struct VideoSender: ~Copyable {
  /// Packets kept for retransmission: a second at 40 Mbit/s.
  private static let historyCapacity = 4096
  /// Payload bytes of a packet at most: 1200 less the SRTP tag, the fixed header, the largest extension block, and what
  /// parity adds, which is more than a retransmission does.
  static let maximumPayloadByteCount =
    1200 - 16 - RTPHeader.fixedByteCount - HeaderExtensionWriter.maximumByteCount
    - ParityPayload.headerByteCount - ParityPayload.lengthByteCount

  /// Bytes of an encoded frame whose packets take about `byteCount` bytes of the path.
  static func frameByteCount(fitting byteCount: Int) -> Int {
    let packetByteCount = Self.maximumPayloadByteCount + Self.headerByteCount
    let packetCount = (byteCount + packetByteCount - 1) / packetByteCount
    // A fragment's two bytes of header count as payload.
    return max(byteCount / 2, byteCount - packetCount * (Self.headerByteCount + 2))
  }

  /// Of a packet on the path, without extensions that only a frame's last has.
  private static let headerByteCount = RTPHeader.fixedByteCount + 16 + RateController.packetOverhead
  /// One packet in so many may be sent again, or a storm of requests would win.
  private static let retransmissionShare = 4
  /// Where only parity can be in time, it and what is sent again may take one packet for so many.
  private static let parityShare = 2
  /// Repeats that are kept for packets that have not been sent again at all; further copies must leave them.
  private static let creditForFirstCopies = 16

  /// A packet that is to be sent again.
  private struct Repeat: Sendable {
    var sequence: Int64
    var dueAt: Instant
    /// After this it would come too late.
    var latestAt: Instant
    /// Whether another copy of it goes before it.
    var isFurtherCopy: Bool
  }

  private let ssrc: SSRC
  private let retransmissionSSRC: SSRC
  private let ntp: NTPClock
  private var history = PacketHistory(capacity: VideoSender.historyCapacity)
  private var nextSequence: Int64
  private var nextUnsent: Int64
  private var frameIndex: UInt16 = 0
  private var retransmissionSequence: UInt16
  private var scratch = [UInt8](repeating: 0, count: PacketHistory.slotByteCount + 2)
  private var repeats: [Repeat] = []
  private var retransmissionCredit = 64
  private var parity: ParityEncoder?
  private let hasParity: Bool
  /// Whether no request and its answer would be in time.
  private var isFarAway = false
  private var pacer = PacketPacer()
  /// Bytes of packets that are queued and not sent.
  private(set) var unsentByteCount = 0

  /// Packets and payload bytes sent, retransmissions not counted; as a sender report tells them.
  private(set) var packetCount: UInt32 = 0
  private(set) var octetCount: UInt32 = 0
  private(set) var retransmittedCount = 0
  private(set) var paritySentCount = 0
  private(set) var frameCount = 0
  /// Packets of the frame that was queued last.
  private(set) var lastFramePacketCount = 0
  /// Frames too large for the packet history, which were never sent.
  private(set) var oversizedFrameCount = 0
  private(set) var lastTimestamp = RTPTimestamp(rawValue: 0)
  private(set) var lastCapturedAt = Instant.zero

  /// - Parameter code: what parity is made with; `nil` for none.
  init(
    ssrc: SSRC,
    retransmissionSSRC: SSRC,
    firstSequence: UInt16,
    retransmissionSequence: UInt16,
    ntp: NTPClock,
    code: (any ErasureCode)? = nil
  ) {
    self.ssrc = ssrc
    self.retransmissionSSRC = retransmissionSSRC
    self.ntp = ntp
    // One cycle up, so that an extended sequence number is never negative.
    self.nextSequence = 65536 + Int64(firstSequence)
    self.nextUnsent = self.nextSequence
    self.retransmissionSequence = retransmissionSequence
    self.repeats.reserveCapacity(1024)
    self.parity = code.map { ParityEncoder(code: $0) }
    self.hasParity = code != nil
  }

  /// Splits one access unit into packets and queues them.
  ///
  /// - Parameters:
  ///   - rule: how much parity it gets; `nil` for none.
  ///   - pace: how fast its packets may leave, in bytes per second; `nil` for all at once.
  /// - Returns: `false` when the frame does not fit into the history; it is dropped and a key frame is needed.
  mutating func queue(
    _ accessUnit: RawSpan,
    _ frame: VideoFrame,
    parity rule: ParityRule? = nil,
    pace: Double?,
    now: Instant
  ) -> Bool {
    let count = NALUnitPacketizer.packetCount(
      accessUnit: accessUnit,
      codec: frame.codec,
      maximumPayloadByteCount: Self.maximumPayloadByteCount
    )
    guard count > 0, count <= self.history.capacity / 2, count <= FrameDescriptor.maximumPacketCount else {
      self.oversizedFrameCount += 1
      return false
    }
    let timestamp = ClockRate.video.timestamp(at: frame.damagedAt)
    let times = FrameTimes(
      inputSequence: frame.inputSequence,
      damageToCaptured: frame.capturedAt - frame.damagedAt,
      capturedToConverted: frame.convertedAt - frame.capturedAt,
      convertedToEncoded: frame.encodedAt - frame.convertedAt,
      encodedToSent: now - frame.encodedAt
    )
    var packetizer = NALUnitPacketizer(
      accessUnit: accessUnit,
      codec: frame.codec,
      maximumPayloadByteCount: Self.maximumPayloadByteCount
    )
    var packetIndex: UInt16 = 0
    let unsentBefore = self.unsentByteCount
    let captureTime = AbsoluteCaptureTime(timestamp: self.ntp.timestamp(at: frame.damagedAt))
    while let fragment = packetizer.next(in: accessUnit) {
      let isLast = Int(packetIndex) == count - 1
      let header = RTPHeader(
        marker: isLast,
        payloadType: .video(frame.codec),
        sequenceNumber: SequenceNumber(rawValue: UInt16(truncatingIfNeeded: self.nextSequence)),
        timestamp: timestamp,
        ssrc: self.ssrc,
        hasExtension: true
      )
      let descriptor = FrameDescriptor(
        frameIndex: self.frameIndex,
        packetIndex: packetIndex,
        packetCount: UInt16(count),
        isKeyframe: frame.isKeyframe
      )
      var byteCount = 0
      self.history.store(self.nextSequence, isLast: isLast, now: now) { slot in
        header.serialize(into: &slot)
        var offset = RTPHeader.fixedByteCount
        offset += HeaderExtensionWriter.write(
          into: &slot,
          at: offset,
          descriptor: descriptor,
          times: isLast ? times : nil,
          captureTime: isLast ? captureTime : nil,
          skipped: isLast ? frame.skipped : nil
        )
        let headerByteCount = offset
        fragment.write(from: accessUnit, into: &slot, at: offset)
        byteCount = offset + fragment.payloadByteCount
        return (byteCount, headerByteCount)
      }
      self.unsentByteCount += byteCount
      self.nextSequence += 1
      packetIndex += 1
    }
    if let rule { self.protect(frame, packetCount: count, timestamp: timestamp, rule) }
    self.pacer.begin(byteCount: self.unsentByteCount - unsentBefore, bytesPerSecond: pace, now: now)
    self.frameIndex &+= 1
    self.frameCount += 1
    self.lastFramePacketCount = count
    self.lastTimestamp = timestamp
    self.lastCapturedAt = frame.damagedAt
    return true
  }

  /// When the next packet is to be sent, or sent again; `nil` while none waits.
  var deadline: Instant? {
    let repeatAt = self.repeats.lazy.map(\.dueAt).min()
    guard self.nextUnsent < self.nextSequence else { return repeatAt }
    return min(repeatAt ?? .distantFuture, self.pacer.deadline)
  }

  /// A receiver asks for a packet again. Unknown, just repeated and hopelessly late ones are ignored.
  ///
  /// - Parameter missingCount: packets that are asked for together.
  /// - Returns: what was decided, and how long ago the packet was first sent.
  mutating func request(
    _ number: SequenceNumber,
    missingCount: Int,
    rule: RepairRule,
    now: Instant
  ) -> (answer: RepairTally.Answer, age: Duration) {
    let newest = self.nextSequence - 1
    let distance = number.distance(from: SequenceNumber(rawValue: UInt16(truncatingIfNeeded: newest)))
    let sequence = newest + Int64(distance)
    guard distance <= 0, sequence < self.nextUnsent, let entry = self.history.entry(sequence) else {
      return (.refuse, .zero)
    }
    let age = now - entry.queuedAt
    // A repeat that is still on its way makes another one useless.
    if let repeatedAt = entry.repeatedAt, now - repeatedAt < rule.answerInterval { return (.refuse, age) }
    let copies = rule.copies(age: age, missingCount: missingCount)
    guard copies > 0 else { return (.late, age) }
    guard self.repeats.count + copies <= 1024, !self.repeats.contains(where: { $0.sequence == sequence }) else {
      return (.refuse, age)
    }
    for copy in 0..<copies {
      self.repeats.append(
        Repeat(
          sequence: sequence,
          dueAt: now + RepairRule.copySpacing * copy,
          latestAt: entry.queuedAt + rule.latestAge,
          isFurtherCopy: copy > 0
        )
      )
    }
    return (.resend(copies: copies), age)
  }

  /// Sends what is due: first what was asked for again, then what is new.
  ///
  /// - Parameter rate: is told of each packet.
  mutating func poll(now: Instant, rate: inout RateController, _ send: (RawSpan, PacketKind) -> Void) {
    self.sendRepeats(now: now, rate: &rate, send)
    while self.nextUnsent < self.nextSequence, self.pacer.isDue(now: now) {
      self.history.withPacket(self.nextUnsent) { packet, entry in
        let number = SequenceNumber(rawValue: UInt16(truncatingIfNeeded: entry.sequence))
        rate.sent(number, byteCount: packet.byteCount, isLast: entry.isLast, now: now)
        send(packet, .rtp)
        self.unsentByteCount -= packet.byteCount
        self.pacer.released(byteCount: packet.byteCount)
        self.packetCount &+= 1
        self.octetCount &+= UInt32(packet.byteCount - entry.headerByteCount)
      }
      self.nextUnsent += 1
      if self.nextUnsent % Int64(self.isFarAway ? Self.parityShare : Self.retransmissionShare) == 0 {
        self.retransmissionCredit = min(self.retransmissionCredit + 1, 512)
      }
    }
    // Parity is of no use before what it protects.
    guard self.nextUnsent == self.nextSequence else { return }
    let ssrc = self.retransmissionSSRC
    self.paritySentCount +=
      self.parity?.poll(number: &self.retransmissionSequence, ssrc: ssrc) { number, packet in
        rate.sentRepair(number, byteCount: packet.byteCount, now: now)
        send(packet, .rtp)
      } ?? 0
  }

  /// Sends the newest packet again, whether asked for or not: whatever comes back of it tells that the path is there.
  mutating func probe(now: Instant, rate: inout RateController, _ send: (RawSpan, PacketKind) -> Void) {
    self.repeatPacket(self.nextUnsent - 1, now: now, rate: &rate, send)
    // Nobody asked for it.
    self.retransmissionCredit += 1
    self.retransmittedCount -= 1
  }

  /// Drops what is queued but unsent, as when nobody listens.
  mutating func discardUnsent() {
    self.nextUnsent = self.nextSequence
    self.unsentByteCount = 0
    self.pacer.reset()
    self.repeats.removeAll(keepingCapacity: true)
    self.parity?.discardUnsent()
  }

  /// Makes parity for the frame that was just queued, as far as the credit for repairs goes.
  private mutating func protect(_ frame: VideoFrame, packetCount: Int, timestamp: RTPTimestamp, _ rule: ParityRule) {
    guard self.hasParity else { return }
    self.isFarAway = rule.roundCount == 0
    let wanted = min(rule.parityCount(packetCount: packetCount), self.retransmissionCredit - Self.creditForFirstCopies)
    guard wanted > 0 else { return }
    let packets = ParityEncoder.Frame(
      codec: frame.codec,
      index: self.frameIndex,
      isKeyframe: frame.isKeyframe,
      firstSequence: self.nextSequence - Int64(packetCount),
      packetCount: packetCount,
      timestamp: timestamp
    )
    self.retransmissionCredit -= self.parity?.protect(packets, packets: self.history, parityCount: wanted) ?? 0
  }

  private mutating func sendRepeats(
    now: Instant,
    rate: inout RateController,
    _ send: (RawSpan, PacketKind) -> Void
  ) {
    var keptCount = 0
    for index in self.repeats.indices {
      var next = self.repeats[index]
      // Whoever drives this may be late, and then several copies would leave at once.
      if let repeatedAt = self.history.entry(next.sequence)?.repeatedAt {
        next.dueAt = max(next.dueAt, repeatedAt + RepairRule.copySpacing)
      }
      if next.dueAt > now {
        self.repeats[keptCount] = next
        keptCount += 1
      } else if next.latestAt >= now,
        self.retransmissionCredit > (next.isFurtherCopy ? Self.creditForFirstCopies : 0)
      {
        self.repeatPacket(next.sequence, now: now, rate: &rate, send)
      }
    }
    self.repeats.removeLast(self.repeats.count - keptCount)
  }

  private mutating func repeatPacket(
    _ sequence: Int64,
    now: Instant,
    rate: inout RateController,
    _ send: (RawSpan, PacketKind) -> Void
  ) {
    let original = SequenceNumber(rawValue: UInt16(truncatingIfNeeded: sequence))
    var byteCount = 0
    let (ssrc, number) = (self.retransmissionSSRC, self.retransmissionSequence)
    var scratch: [UInt8] = []
    swap(&scratch, &self.scratch)
    defer { swap(&scratch, &self.scratch) }
    self.history.withPacket(sequence) { packet, entry in
      guard var header = try? RTPHeader(parsing: packet), let codec = header.payloadType.videoCodec else { return }
      header.payloadType = .videoRetransmission(codec)
      header.ssrc = ssrc
      header.sequenceNumber = SequenceNumber(rawValue: number)
      var span = scratch.mutableSpan
      // SAFETY: any byte is a valid `UInt8`.
      var bytes = unsafe span.mutableBytes
      header.serialize(into: &bytes)
      let headers = entry.headerByteCount
      bytes.copy(
        packet.extracting(RTPHeader.fixedByteCount..<headers),
        at: RTPHeader.fixedByteCount
      )
      RetransmissionPayload.write(original: original, into: &bytes, at: headers)
      bytes.copy(packet.extracting(headers..<packet.byteCount), at: headers + 2)
      byteCount = packet.byteCount + 2
    }
    guard byteCount > 0 else { return }
    rate.sentRepair(SequenceNumber(rawValue: number), byteCount: byteCount, now: now)
    send(scratch.octets.extracting(0..<byteCount), .rtp)
    self.history.markRepeated(sequence, now: now)
    self.retransmissionSequence &+= 1
    self.retransmittedCount += 1
    self.retransmissionCredit -= 1
  }
}
