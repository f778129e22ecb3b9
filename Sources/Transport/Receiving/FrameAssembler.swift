internal import MediaUnits
internal import Octets
internal import RTP

/// Puts the packets of video frames together and hands frames on in order, each the moment it is complete.
///
/// There is no playout delay: a frame waits only for its own packets and for the frames that it may refer to. A key
/// frame waits for nothing. Packets lie in one arena that is allocated once.
///
/// - Spec: RFC 6184 §5, RFC 7798 §4, Protocol/media.md §4.
struct FrameAssembler: ~Copyable {
  private struct Pending: Sendable {
    var index: Int64 = -1
    var codec = VideoCodec.h264
    var packetCount = 0
    var receivedCount = 0
    var repairedCount = 0
    var isKeyframe = false
    var timestamp = RTPTimestamp(rawValue: 0)
    var times: FrameTimes?
    var captureTime: AbsoluteCaptureTime?
    var skipped: SkippedPictures?
    var firstReceivedAt = Instant.zero
    var lastReceivedAt = Instant.zero
    /// Extended sequence number of the frame's first packet.
    var firstSequence: Int64 = 0
    /// Looked for once it is complete, where it matters.
    var recoveryPoint: RecoveryPoint?
    var isExamined = false
    var isComplete: Bool { self.index >= 0 && self.receivedCount == self.packetCount }
  }

  /// What a packet has behind its fixed header: extensions, and then the payload.
  private struct Slot: Sendable {
    var sequence: Int64 = -1
    var start = 0
    var payloadStart = 0
    var payloadEnd = 0
  }

  /// Frames under way at once. A frame further ahead makes the oldest give way.
  private static let window = 64
  private static let slotCount = 8192
  private static let slotByteCount = 1200
  /// Largest access unit handed on; more is a sender's mistake or malice.
  static let maximumFrameByteCount = 8 << 20

  private var pending = [Pending](repeating: Pending(), count: FrameAssembler.window)
  private var slots = [Slot](repeating: Slot(), count: FrameAssembler.slotCount)
  private var storage = [UInt8](repeating: 0, count: FrameAssembler.slotCount * FrameAssembler.slotByteCount)
  private var indexUnwrapper = SequenceUnwrapper()
  private var accessUnit: [UInt8] = []
  private(set) var counts = Counts()
  /// Index of the next frame to hand on; `nil` before the first key frame.
  private(set) var nextIndex: Int64?
  /// Newest frame index seen.
  private(set) var newestIndex: Int64 = -1
  /// Whether decoding must wait for a key frame, or for a recovery point where those are taken.
  private(set) var needsKeyframe = true
  /// Whether the stream is drawn anew part by part, so that a recovery point does in place of a key frame.
  var takesRecoveryPoints = false
  private(set) var progress = RefreshProgress()
  /// Of the frames from here on no packet has been given up.
  private var givenUpBefore: Int64 = 0
  /// Where the frame after the last that was handed on begins, and what that one was made with.
  private var delivered: (end: Int64, codec: VideoCodec)?

  init() {
    self.accessUnit.reserveCapacity(256 << 10)
  }

  /// Takes one packet of the video stream, already authenticated.
  ///
  /// - Parameters:
  ///   - packet: the whole RTP packet; its payload is copied.
  ///   - payload: where in `packet` the codec's payload lies; for a retransmission, behind the original number.
  ///   - sequence: extended sequence number, that of the original packet for a retransmission.
  mutating func insert(
    _ packet: RawSpan,
    payload: Range<Int>,
    header: RTPHeader,
    sequence: Int64,
    isRepair: Bool,
    now: Instant
  ) {
    guard let codec = header.payloadType.videoCodec,
      let descriptor = FrameDescriptor(parsing: packet, extensions: header.extensions),
      descriptor.packetCount > 0, descriptor.packetIndex < descriptor.packetCount,
      payload.count > 0, payload.count <= Self.slotByteCount
    else {
      self.counts.malformedPackets += 1
      return
    }
    let index = self.indexUnwrapper.unwrap(raw: descriptor.frameIndex)
    guard index >= self.nextIndex ?? 0, index > self.newestIndex - Int64(Self.window) else {
      self.counts.uselessPackets += 1
      return
    }
    let firstSequence = sequence - Int64(descriptor.packetIndex)
    let place = Int(index & Int64(Self.window - 1))
    if self.pending[place].index != index {
      guard index > self.pending[place].index else {
        self.counts.uselessPackets += 1
        return
      }
      self.pending[place] = Pending(
        index: index,
        codec: codec,
        packetCount: Int(descriptor.packetCount),
        isKeyframe: descriptor.isKeyframe,
        timestamp: header.timestamp,
        firstReceivedAt: now,
        lastReceivedAt: now,
        firstSequence: firstSequence
      )
      self.newestIndex = max(self.newestIndex, index)
    }
    let frame = self.pending[place]
    // Packets of one frame must agree with each other, whoever sent them.
    guard frame.packetCount == Int(descriptor.packetCount), frame.firstSequence == firstSequence,
      frame.isKeyframe == descriptor.isKeyframe, frame.codec == codec, frame.packetCount <= Self.slotCount / 2
    else {
      self.counts.malformedPackets += 1
      return
    }
    let slotIndex = Int(sequence & Int64(Self.slotCount - 1))
    guard self.slots[slotIndex].sequence != sequence else {
      self.counts.uselessPackets += 1
      return
    }
    // Parity is of both; a descriptor was found, so that there are extensions.
    let extensions = header.extensions.lowerBound - 4..<header.extensions.upperBound
    guard extensions.count + payload.count <= Self.slotByteCount else {
      self.counts.malformedPackets += 1
      return
    }
    self.copy(packet.extracting(extensions), packet.extracting(payload), to: slotIndex, sequence: sequence)
    self.pending[place].receivedCount += 1
    self.pending[place].lastReceivedAt = now
    if isRepair { self.pending[place].repairedCount += 1 }
    if Int(descriptor.packetIndex) == frame.packetCount - 1 {
      self.pending[place].times = FrameTimes(parsing: packet, extensions: header.extensions)
      self.pending[place].captureTime = AbsoluteCaptureTime(parsing: packet, extensions: header.extensions)
      self.pending[place].skipped = SkippedPictures(parsing: packet, extensions: header.extensions)
    }
  }

  /// Hands on the next frame that can be decoded, or returns `false` while there is none.
  ///
  /// - Parameter body: receives the frame and its access unit in Annex B form, valid within the closure.
  mutating func next(_ body: (Frame, RawSpan) -> Void) -> Bool {
    guard let place = self.nextDecodable() else { return false }
    let frame = self.pending[place]
    self.pending[place].receivedCount = -1
    if let expected = self.nextIndex, frame.index > expected { self.counts.lost += Int(frame.index - expected) }
    self.nextIndex = frame.index + 1
    guard self.joinPackets(of: frame) else {
      self.counts.malformedPackets += 1
      self.counts.lost += 1
      self.needsKeyframe = true
      return self.next(body)
    }
    let point = self.recoveryPoint(of: frame)
    let restartsDecoder = self.needsKeyframe && !frame.isKeyframe
    let refresh = self.progress.delivered(
      frame.index,
      isKeyframe: frame.isKeyframe,
      point: point,
      isRestart: restartsDecoder
    )
    let end = frame.firstSequence + Int64(frame.packetCount)
    self.delivered = (end, frame.codec)
    // A late repair can complete a frame before one that is lost for good.
    self.needsKeyframe = end < self.givenUpBefore
    self.counts.delivered += 1
    let ready = Frame(
      codec: frame.codec,
      index: frame.index,
      isKeyframe: frame.isKeyframe,
      timestamp: frame.timestamp,
      times: frame.times,
      captureTime: frame.captureTime,
      skipped: frame.skipped,
      isWaveStart: frame.isKeyframe || point != nil,
      refresh: refresh,
      restartsDecoder: restartsDecoder,
      firstReceivedAt: frame.firstReceivedAt,
      completedAt: frame.lastReceivedAt,
      packetCount: frame.packetCount,
      byteCount: self.accessUnit.count,
      repairedPacketCount: frame.repairedCount
    )
    body(ready, self.accessUnit.octets)
    return true
  }

  /// Repair has failed: whatever is not complete and refers to it is useless until a key frame or a recovery point.
  ///
  /// - Parameter givenUpBefore: extended sequence number before which packets that are missing will not come.
  mutating func refresh(givenUpBefore: Int64 = 0) {
    self.needsKeyframe = true
    self.givenUpBefore = max(self.givenUpBefore, givenUpBefore)
    self.progress.broken()
  }

  /// Whether the newest picture that was handed on, or could be, is not whole.
  var isPictureBroken: Bool { self.needsKeyframe || self.progress.isUnderWay }

  /// Whether some of a key frame that could be shown has arrived. Where what comes after a loss is kept, a key frame that
  /// has lost some for good is none.
  var hasKeyframeUnderWay: Bool {
    let (nextIndex, from) = (self.nextIndex ?? 0, self.takesRecoveryPoints ? self.givenUpBefore : 0)
    return self.pending.contains { frame in
      frame.isKeyframe && frame.receivedCount > 0 && frame.index >= nextIndex && frame.firstSequence >= from
    }
  }

  /// Extended sequence number before which nothing is needed any more, or `nil` before the first frame.
  var neededFrom: Int64? {
    guard let nextIndex = self.nextIndex else { return nil }
    let frame = self.pending[Int(nextIndex & Int64(Self.window - 1))]
    return frame.index == nextIndex ? frame.firstSequence : self.delivered?.end
  }

  /// Where the newest frame ends and when something of it last came, while some of it is missing.
  var unfinishedTail: (end: Int64, lastReceivedAt: Instant)? {
    guard self.newestIndex >= 0 else { return nil }
    let frame = self.pending[Int(self.newestIndex & Int64(Self.window - 1))]
    guard frame.index == self.newestIndex, frame.receivedCount >= 0, !frame.isComplete else { return nil }
    return (frame.firstSequence + Int64(frame.packetCount), frame.lastReceivedAt)
  }

  private mutating func nextDecodable() -> Int? {
    if !self.needsKeyframe, let nextIndex = self.nextIndex {
      let place = Int(nextIndex & Int64(Self.window - 1))
      if self.pending[place].index == nextIndex, self.pending[place].isComplete { return place }
    }
    // A key frame overtakes whatever is stuck before it; the newest one, if several are whole.
    var best: Int?
    for place in self.pending.indices where self.pending[place].isKeyframe && self.pending[place].isComplete {
      guard self.pending[place].index >= self.nextIndex ?? 0 else { continue }
      if let known = best, self.pending[known].index >= self.pending[place].index { continue }
      best = place
    }
    return best ?? self.nextRecoveryPoint()
  }

  /// The first whole frame from which on the picture is drawn anew and nothing is known to be lost, where that is
  /// awaited.
  private mutating func nextRecoveryPoint() -> Int? {
    guard self.needsKeyframe, self.takesRecoveryPoints, let nextIndex = self.nextIndex else { return nil }
    var first: Int?
    for place in self.pending.indices where self.pending[place].index >= nextIndex && self.pending[place].isComplete {
      // Another codec begins with a key frame.
      guard self.pending[place].firstSequence >= self.givenUpBefore, self.pending[place].codec == self.delivered?.codec
      else { continue }
      if !self.pending[place].isExamined { self.examine(place) }
      guard self.pending[place].recoveryPoint != nil else { continue }
      if let known = first, self.pending[known].index <= self.pending[place].index { continue }
      first = place
    }
    return first
  }

  private mutating func examine(_ place: Int) {
    self.pending[place].isExamined = true
    guard self.joinPackets(of: self.pending[place]) else { return }
    self.pending[place].recoveryPoint = self.recoveryPoint(of: self.pending[place])
  }

  /// The recovery point of the frame whose packets were joined last.
  private func recoveryPoint(of frame: Pending) -> RecoveryPoint? {
    guard self.takesRecoveryPoints, !frame.isKeyframe else { return nil }
    return RecoveryPoint(accessUnit: self.accessUnit.octets, codec: frame.codec)
  }

  private mutating func joinPackets(of frame: Pending) -> Bool {
    self.accessUnit.removeAll(keepingCapacity: true)
    var depacketizer = NALUnitDepacketizer(codec: frame.codec)
    let storage = self.storage
    for sequence in frame.firstSequence..<frame.firstSequence + Int64(frame.packetCount) {
      let slotIndex = Int(sequence & Int64(Self.slotCount - 1))
      let slot = self.slots[slotIndex]
      guard slot.sequence == sequence else { return false }
      let payload = storage.octets.extracting(slot.payloadStart..<slot.payloadEnd)
      do {
        try depacketizer.append(payload: payload, to: &self.accessUnit)
      } catch {
        return false
      }
      guard self.accessUnit.count <= Self.maximumFrameByteCount else { return false }
    }
    return !self.accessUnit.isEmpty
  }

  /// Whether packet number `sequence` of the video stream has come, by whatever way.
  func holds(_ sequence: Int64) -> Bool {
    self.slots[Int(sequence & Int64(Self.slotCount - 1))].sequence == sequence
  }

  /// Lends what a packet has behind its fixed header. Does nothing when it has not come.
  func withPacket(_ sequence: Int64, _ body: (RawSpan) -> Void) {
    let slot = self.slots[Int(sequence & Int64(Self.slotCount - 1))]
    guard slot.sequence == sequence else { return }
    body(self.storage.octets.extracting(slot.start..<slot.payloadEnd))
  }

  private mutating func copy(_ extensions: RawSpan, _ payload: RawSpan, to slotIndex: Int, sequence: Int64) {
    let start = slotIndex * Self.slotByteCount
    let payloadStart = start + extensions.byteCount
    var span = self.storage.mutableSpan
    // SAFETY: any byte is a valid `UInt8`.
    var bytes = unsafe span.mutableBytes
    bytes.copy(extensions, at: start)
    bytes.copy(payload, at: payloadStart)
    self.slots[slotIndex] = Slot(
      sequence: sequence,
      start: start,
      payloadStart: payloadStart,
      payloadEnd: payloadStart + payload.byteCount
    )
  }
}
