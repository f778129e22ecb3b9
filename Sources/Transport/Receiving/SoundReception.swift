internal import MediaUnits
internal import Octets
internal import RTP

/// A player's sound: takes the stream's packets and the copies in them, and hands on what is to be played, in order and
/// on the host's media clock.
///
/// - Spec: Protocol/media.md §6.
struct SoundReception: ~Copyable {
  private let ntp: NTPClock
  private var receiver = AudioReceiver()
  private var statistics = ReceptionStatistics()
  private var sequences = SequenceUnwrapper()
  private var timeline = MediaTimeline(rate: .audio)

  init(ntp: NTPClock) {
    self.ntp = ntp
  }

  var receivedCount: Int { self.receiver.receivedCount }
  var recoveredCount: Int { self.receiver.recoveredCount }
  var lostCount: Int { self.receiver.lostCount }

  /// When ``next(now:_:)`` is to be asked again though nothing has come; `nil` for never.
  var deadline: Instant? { self.receiver.deadline }

  /// Takes a packet.
  ///
  /// - Returns: whether it could be understood.
  mutating func receive(_ packet: RawSpan, _ header: RTPHeader, now: Instant) -> Bool {
    self.statistics.received(
      sequence: header.sequenceNumber,
      timestamp: header.timestamp,
      arrival: now,
      clockRate: .audio
    )
    if let captureTime = AbsoluteCaptureTime(parsing: packet, extensions: header.extensions) {
      self.timeline.anchor(header.timestamp, at: self.ntp.instant(at: captureTime.timestamp))
    }
    let sequence = self.sequences.unwrap(header.sequenceNumber)
    var payload = header.payload
    if header.payloadType == .redundantAudio {
      guard let redundant = RedundantAudioPayload(parsing: packet, payload: header.payload) else { return false }
      self.insert(redundant.beforePrevious, in: packet, sequence: sequence - 2, header, now: now)
      self.insert(redundant.previous, in: packet, sequence: sequence - 1, header, now: now)
      payload = redundant.newest
    }
    self.receiver.insert(packet.extracting(payload), sequence: sequence, timestamp: header.timestamp, now: now)
    return true
  }

  /// Takes the next step of the sound, or returns `false`.
  ///
  /// - Parameter body: receives the step and, for a packet, its Opus payload, valid within the closure.
  mutating func next(now: Instant, _ body: (ReceivedAudio, RawSpan) -> Void) -> Bool {
    self.receiver.poll(now: now) { step, payload in
      switch step {
      case .lost(let count): body(.lost(count), payload)
      case .packet(_, let timestamp, let arrivedAt):
        let mediaTime = self.timeline.mediaTime(timestamp) ?? arrivedAt.nanoseconds
        body(.packet(mediaTime: mediaTime, arrivedAt: arrivedAt), payload)
      }
    }
  }

  /// What a report says of the stream since the one before; `nil` while nothing of it has come.
  mutating func reportBlock(ssrc: SSRC, lastSR: UInt32, delay: Duration) -> ReportBlock? {
    guard self.statistics.receivedCount > 0 else { return nil }
    return self.statistics.reportBlock(ssrc: ssrc, lastSR: lastSR, delay: delay)
  }

  /// Takes the copy of an earlier packet that came along with a later one.
  private mutating func insert(
    _ copy: RedundantAudioPayload.Copy?,
    in packet: RawSpan,
    sequence: Int64,
    _ header: RTPHeader,
    now: Instant
  ) {
    guard let copy else { return }
    self.receiver.insert(
      packet.extracting(copy.range),
      sequence: sequence,
      timestamp: header.timestamp.advanced(by: -Int(copy.age)),
      isCopy: true,
      now: now
    )
  }
}
