internal import MediaUnits
internal import Octets
internal import RTP

/// Puts Opus packets into RTP and sends each at once.
///
/// - Spec: RFC 7587 §4.2; Protocol/media.md §5.
struct AudioSender: ~Copyable {
  private static let capacity = 16

  private let ssrc: SSRC
  private let ntp: NTPClock
  private var history = PacketHistory(capacity: AudioSender.capacity)
  private var nextSequence: Int64
  private var nextUnsent: Int64
  private var lastCaptureTimeAt: Instant?
  private(set) var packetCount: UInt32 = 0
  private(set) var octetCount: UInt32 = 0
  private(set) var lastTimestamp = RTPTimestamp(rawValue: 0)
  private(set) var lastCapturedAt = Instant.zero

  init(ssrc: SSRC, firstSequence: UInt16, ntp: NTPClock) {
    self.ssrc = ssrc
    self.ntp = ntp
    self.nextSequence = 65536 + Int64(firstSequence)
    self.nextUnsent = self.nextSequence
  }

  /// - Parameters:
  ///   - packet: one Opus packet of at most 1100 bytes; a larger one is dropped.
  ///   - capturedAt: when its first sample was captured; also what its timestamp says.
  mutating func queue(_ packet: RawSpan, capturedAt: Instant, now: Instant) {
    guard packet.byteCount <= 1100, packet.byteCount > 0 else { return }
    let announcesCaptureTime = self.lastCaptureTimeAt.map { now - $0 >= .seconds(1) } ?? true
    let header = RTPHeader(
      marker: false,
      payloadType: .audio,
      sequenceNumber: SequenceNumber(rawValue: UInt16(truncatingIfNeeded: self.nextSequence)),
      timestamp: ClockRate.audio.timestamp(at: capturedAt),
      ssrc: self.ssrc,
      hasExtension: announcesCaptureTime
    )
    if announcesCaptureTime { self.lastCaptureTimeAt = now }
    let captureTime = AbsoluteCaptureTime(timestamp: self.ntp.timestamp(at: capturedAt))
    self.history.store(self.nextSequence, now: now) { slot in
      header.serialize(into: &slot)
      var offset = RTPHeader.fixedByteCount
      if announcesCaptureTime {
        offset += HeaderExtensionWriter.write(
          into: &slot,
          at: offset,
          descriptor: nil,
          times: nil,
          captureTime: captureTime
        )
      }
      let headerByteCount = offset
      slot.copy(packet, at: offset)
      return (offset + packet.byteCount, headerByteCount)
    }
    self.nextSequence += 1
    self.lastTimestamp = header.timestamp
    self.lastCapturedAt = capturedAt
  }

  mutating func poll(_ send: (RawSpan, PacketKind) -> Void) {
    self.nextUnsent = max(self.nextUnsent, self.nextSequence - Int64(Self.capacity))
    while self.nextUnsent < self.nextSequence {
      self.history.withPacket(self.nextUnsent) { packet, entry in
        send(packet, .rtp)
        self.packetCount &+= 1
        self.octetCount &+= UInt32(packet.byteCount - entry.headerByteCount)
      }
      self.nextUnsent += 1
    }
  }

  mutating func discardUnsent() {
    self.nextUnsent = self.nextSequence
  }
}
