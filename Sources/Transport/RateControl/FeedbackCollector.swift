internal import MediaUnits
internal import RTP

/// The player's record of when packets arrived, and the feedback made of it.
///
/// A report leaves with each frame's last packet, and at least every 5 ms while packets arrive; the first after a pause
/// waits half as long, so that it tells how fast they come. Each tells again of what the three reports before told, so
/// that the loss of one costs nothing; the last one is sent twice, since nothing follows that would make up for its loss.
///
/// - Spec: RFC 8888; Protocol/feedback.md §8.
struct FeedbackCollector: Sendable {
  private struct Arrival: Sendable {
    var sequence: Int64 = -1
    var at = Instant.zero
    var ecn = ECNMark.notCapable
  }

  private struct Stream: Sendable {
    let ssrc: SSRC
    /// The most packets that a report tells of.
    let limit: Int64
    var sequences = SequenceUnwrapper()
    var arrivals: [Arrival]
    var newest: Int64?
    /// Where the reports before began to tell something new, oldest first.
    var begins: (Int64, Int64, Int64) = (0, 0, 0)

    init(ssrc: SSRC, limit: Int) {
      self.ssrc = ssrc
      self.limit = Int64(limit)
      self.arrivals = [Arrival](repeating: Arrival(), count: 1024)
    }

    mutating func received(_ number: SequenceNumber, ecn: ECNMark, now: Instant) {
      // One cycle up, so that a number from before the first is not negative.
      let sequence = self.sequences.unwrap(number) + 65536
      let index = Int(sequence & 1023)
      guard sequence >= 0, sequence > (self.newest ?? 0) - 1024, self.arrivals[index].sequence != sequence else {
        return
      }
      self.arrivals[index] = Arrival(sequence: sequence, at: now, ecn: ecn)
      if self.newest == nil { self.begins = (sequence, sequence, sequence) }
      self.newest = max(self.newest ?? 0, sequence)
    }
  }

  private static let longestWait: Duration = .milliseconds(5)
  /// Two bytes a packet: with both streams full a report has 1132 bytes.
  private static let videoLimit = 400
  private static let retransmissionLimit = 140

  private var video: Stream
  private var retransmission: Stream
  private var newestArrival = Instant.zero
  private var reportedAt = Instant.zero
  private var dueAt: Instant?
  private var mustRepeat = false

  init(video: SSRC, retransmission: SSRC) {
    self.video = Stream(ssrc: video, limit: Self.videoLimit)
    self.retransmission = Stream(ssrc: retransmission, limit: Self.retransmissionLimit)
  }

  /// When a report must leave; `nil` while there is nothing to tell.
  var deadline: Instant? { self.dueAt }

  /// A packet of either stream arrived.
  ///
  /// - Parameter isFrameEnd: whether nothing more of its frame is to be waited for.
  mutating func received(
    _ header: RTPHeader,
    isRetransmission: Bool,
    isFrameEnd: Bool,
    ecn: ECNMark,
    now: Instant
  ) {
    if isRetransmission {
      self.retransmission.received(header.sequenceNumber, ecn: ecn, now: now)
    } else {
      self.video.received(header.sequenceNumber, ecn: ecn, now: now)
    }
    self.newestArrival = now
    let next = self.reportedAt + Self.longestWait
    let due = isFrameEnd ? now : next >= now ? next : now + Self.longestWait / 2
    self.dueAt = self.mustRepeat ? due : min(self.dueAt ?? due, due)
    self.mustRepeat = false
  }

  /// Writes the report that is due, or returns `false`.
  ///
  /// - Complexity: O(n) in the packets told of; allocates only where the array's capacity does not suffice.
  mutating func poll(now: Instant, sender: SSRC, ntp: NTPClock, into packet: inout [UInt8]) -> Bool {
    guard let dueAt = self.dueAt, dueAt <= now else { return false }
    let reference = self.newestArrival
    let writer = CongestionFeedbackWriter(senderSSRC: sender, into: &packet)
    Self.append(&self.video, writer, reference: reference, isRepeat: self.mustRepeat, into: &packet)
    Self.append(&self.retransmission, writer, reference: reference, isRepeat: self.mustRepeat, into: &packet)
    // The newest arrival is the reference: so what matters most is told to 15 µs, where offsets have 1 ms.
    writer.finish(timestamp: ntp.timestamp(at: reference).middle, into: &packet)
    self.reportedAt = now
    self.dueAt = self.mustRepeat ? nil : now + Self.longestWait
    self.mustRepeat.toggle()
    return true
  }

  private static func append(
    _ stream: inout Stream,
    _ writer: CongestionFeedbackWriter,
    reference: Instant,
    isRepeat: Bool,
    into packet: inout [UInt8]
  ) {
    guard let newest = stream.newest, newest >= stream.begins.0 else { return }
    let begin = max(stream.begins.0, newest + 1 - stream.limit)
    let arrivals = stream.arrivals
    writer.append(
      stream.ssrc,
      begin: SequenceNumber(rawValue: UInt16(truncatingIfNeeded: begin)),
      packetCount: Int(newest + 1 - begin),
      into: &packet
    ) { index in
      let sequence = begin + Int64(index)
      let arrival = arrivals[Int(sequence & 1023)]
      guard arrival.sequence == sequence else { return .missing }
      let units = ((reference - arrival.at).wholeNanoseconds * 1024 + 500_000_000) / 1_000_000_000
      return .arrived(ecn: arrival.ecn, units: units > 0x1FFD ? nil : UInt16(max(units, 0)))
    }
    if !isRepeat { stream.begins = (stream.begins.1, stream.begins.2, newest + 1) }
  }
}
