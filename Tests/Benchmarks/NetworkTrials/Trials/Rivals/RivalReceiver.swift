internal import MediaUnits

/// Puts frames together, asks for what is missing, and tells when datagrams arrived.
///
/// As libwebrtc's receivers do: gaps are asked for at once and again each round trip, ten times; then a key frame is.
struct RivalReceiver {
  private struct Assembly {
    var receivedIndices: Set<Int> = []
    var part: RivalPacket.Part
    var byteCount = 0

    /// Parity stands in for any part, as Reed and Solomon's code has it.
    var isComplete: Bool { self.receivedIndices.count >= self.part.sourceCount }
  }

  private struct Missing {
    var requestAt: Instant
    var triesLeft: Int
  }

  static let feedbackInterval = Duration.milliseconds(50)
  private static let tries = 10
  /// More missing parts, or frames that wait, are given up for a key frame.
  private static let (mostMissing, mostFrames) = (1000, 800)

  /// Whether parts that are missing are asked for.
  private let asks: Bool
  private var frames: [Int: Assembly] = [:]
  private var nextFrame = 0
  private var newestFrame = -1
  private var newestSequence: Int64 = -1
  private var missing: [Int64: Missing] = [:]
  /// When the first of them is to be asked for; too early at worst.
  private var requestAt = Instant.distantFuture
  private var needsKeyframe = false
  private var keyframeRequestedAt = Instant.zero
  private var arrivals: [Instant?] = []
  private var firstUnreported: Int64 = 0
  private var lastArrivalAt = Instant.zero
  private var feedbackAt = Instant.zero + RivalReceiver.feedbackInterval
  /// Smoothed; as the sender's reports tell it.
  var roundTrip = Duration.milliseconds(100)

  init(asks: Bool) {
    self.asks = asks
  }

  /// - Parameter show: takes each frame that can be decoded now, and its bytes.
  mutating func receive(_ packet: RivalPacket, now: Instant, show: (Int, Int) -> Void) {
    self.note(packet.transportSequence, now: now)
    guard case .part(let part) = packet.content else { return }
    self.noteMissing(before: part, now: now)
    self.newestFrame = max(self.newestFrame, part.frame)
    if part.frame >= self.nextFrame {
      var assembly = self.frames[part.frame] ?? Assembly(part: part)
      if assembly.receivedIndices.insert(part.index).inserted, part.index < part.sourceCount {
        assembly.byteCount += part.payloadByteCount
      }
      self.frames[part.frame] = assembly
      if self.frames.count > Self.mostFrames {
        self.frames.removeAll(keepingCapacity: true)
        self.nextFrame = part.frame + 1
        self.needsKeyframe = true
      }
      if assembly.isComplete, part.isKeyframe, part.frame > self.nextFrame, self.needsKeyframe {
        self.skip(to: part.frame, firstSequence: part.sequence - Int64(part.index))
      }
    }
    while let assembly = self.frames[self.nextFrame], assembly.isComplete {
      if assembly.part.isKeyframe { self.needsKeyframe = false }
      if !self.needsKeyframe { show(self.nextFrame, assembly.byteCount) }
      self.frames[self.nextFrame] = nil
      self.nextFrame += 1
    }
    // Without requests, what is missing of a frame before the newest one never comes.
    if !self.asks, self.nextFrame < self.newestFrame { self.needsKeyframe = true }
  }

  /// When ``poll(now:_:)`` must be called next.
  var deadline: Instant {
    var next = self.feedbackAt
    if self.needsKeyframe { next = min(next, self.keyframeRequestedAt + self.keyframeInterval) }
    return min(next, self.requestAt)
  }

  mutating func poll(now: Instant, _ send: (RivalAnswer) -> Void) {
    self.pollMissing(now: now, send)
    if self.needsKeyframe, now - self.keyframeRequestedAt >= self.keyframeInterval {
      self.keyframeRequestedAt = now
      send(.pictureLoss)
    }
    if self.feedbackAt <= now {
      self.feedbackAt = now + Self.feedbackInterval
      guard !self.arrivals.isEmpty else { return }
      let hold = now - self.lastArrivalAt
      send(.feedback(RivalFeedback(first: self.firstUnreported, arrivals: self.arrivals, hold: hold)))
      self.firstUnreported += Int64(self.arrivals.count)
      self.arrivals.removeAll(keepingCapacity: true)
    }
  }

  private var keyframeInterval: Duration { max(self.roundTrip * 3 / 2, .milliseconds(50)) }

  private mutating func note(_ sequence: Int64, now: Instant) {
    let index = Int(sequence - self.firstUnreported)
    guard index >= 0 else { return }
    while self.arrivals.count < index { self.arrivals.append(nil) }
    if index == self.arrivals.count { self.arrivals.append(now) } else { self.arrivals[index] = now }
    self.lastArrivalAt = now
  }

  private mutating func noteMissing(before part: RivalPacket.Part, now: Instant) {
    if part.sequence > self.newestSequence {
      if self.asks, part.sequence - self.newestSequence + Int64(self.missing.count) > Self.mostMissing {
        self.missing.removeAll(keepingCapacity: true)
        self.needsKeyframe = true
      } else if self.asks {
        for sequence in (self.newestSequence + 1)..<part.sequence {
          self.missing[sequence] = Missing(requestAt: now, triesLeft: Self.tries)
          self.requestAt = now
        }
      }
      self.newestSequence = part.sequence
    } else {
      self.missing[part.sequence] = nil
    }
  }

  private mutating func pollMissing(now: Instant, _ send: (RivalAnswer) -> Void) {
    guard self.requestAt <= now else { return }
    var due: [Int64] = []
    for (sequence, entry) in self.missing where entry.requestAt <= now {
      if entry.triesLeft == 0 {
        self.missing[sequence] = nil
        self.needsKeyframe = true
      } else {
        self.missing[sequence] = Missing(requestAt: now + self.roundTrip, triesLeft: entry.triesLeft - 1)
        due.append(sequence)
      }
    }
    self.requestAt = self.missing.values.lazy.map(\.requestAt).min() ?? .distantFuture
    if !due.isEmpty { send(.missing(due.sorted())) }
  }

  private mutating func skip(to frame: Int, firstSequence: Int64) {
    self.nextFrame = frame
    self.frames = self.frames.filter { $0.key >= frame }
    self.missing = self.missing.filter { $0.key >= firstSequence }
  }
}
