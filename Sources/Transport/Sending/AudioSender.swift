internal import MediaUnits
internal import Octets
internal import RTP

/// Puts Opus packets into RTP, beside copies of those before, and sends each at once.
///
/// - Spec: RFC 7587 §4.2, RFC 2198 §3; Protocol/media.md §6.
struct AudioSender: ~Copyable {
  private static let capacity = 16
  /// The largest Opus packet.
  private static let maximumByteCount = 1100
  /// The largest payload, copies and their headers included.
  private static let maximumPayloadByteCount =
    1200 - 16 - RTPHeader.fixedByteCount - HeaderExtensionWriter.maximumByteCount

  /// One of the packets before, kept to be sent along.
  private struct Kept: Sendable {
    var byteCount = 0
    var timestamp = RTPTimestamp(rawValue: 0)
  }

  private let ssrc: SSRC
  private let ntp: NTPClock
  private var history = PacketHistory(capacity: AudioSender.capacity)
  /// The packets before, by their sequence number, with room for one that is being replaced.
  private var kept = [Kept](repeating: Kept(), count: 4)
  private var keptBytes = [UInt8](repeating: 0, count: 4 * AudioSender.maximumByteCount)
  /// Packets before the next that can be sent along.
  private var keptCount = 0
  private var redundancy = AudioRedundancy()
  private var nextSequence: Int64
  private var nextUnsent: Int64
  private var lastCaptureTimeAt: Instant?
  private(set) var packetCount: UInt32 = 0
  private(set) var octetCount: UInt32 = 0
  /// Copies of earlier packets that were sent along.
  private(set) var copyCount = 0
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
  ///   - loss: share of packets that the path loses, 0 ... 1.
  ///   - totalRate: of everything that the path is given.
  mutating func queue(_ packet: RawSpan, capturedAt: Instant, loss: Double, totalRate: Bitrate, now: Instant) {
    guard packet.byteCount <= Self.maximumByteCount, packet.byteCount > 0 else { return }
    let announcesCaptureTime = self.lastCaptureTimeAt.map { now - $0 >= .seconds(1) } ?? true
    let timestamp = ClockRate.audio.timestamp(at: capturedAt)
    if self.keptCount > 0 {
      self.redundancy.record(byteCount: packet.byteCount, interval: capturedAt - self.lastCapturedAt)
    }
    let copies = self.fittingCopies(
      atMost: self.redundancy.copyCount(loss: loss, totalRate: totalRate),
      besides: packet.byteCount,
      timestamp: timestamp
    )
    let header = RTPHeader(
      marker: false,
      payloadType: copies > 0 ? .redundantAudio : .audio,
      sequenceNumber: SequenceNumber(rawValue: UInt16(truncatingIfNeeded: self.nextSequence)),
      timestamp: timestamp,
      ssrc: self.ssrc,
      hasExtension: announcesCaptureTime
    )
    if announcesCaptureTime { self.lastCaptureTimeAt = now }
    let captureTime = AbsoluteCaptureTime(timestamp: self.ntp.timestamp(at: capturedAt))
    let sequence = self.nextSequence
    // Lent to the closure, which cannot reach them through `self`.
    var (kept, keptBytes): ([Kept], [UInt8]) = ([], [])
    swap(&kept, &self.kept)
    swap(&keptBytes, &self.keptBytes)
    self.history.store(sequence, now: now) { slot in
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
      if copies > 0 {
        for age in stride(from: copies, through: 1, by: -1) {
          let copy = kept[Self.place(sequence - Int64(age))]
          RedundantAudioPayload.writeCopyHeader(
            age: timestamp.rawValue &- copy.timestamp.rawValue,
            byteCount: copy.byteCount,
            into: &slot,
            at: offset
          )
          offset += RedundantAudioPayload.copyHeaderByteCount
        }
        RedundantAudioPayload.writeNewHeader(into: &slot, at: offset)
        offset += RedundantAudioPayload.newHeaderByteCount
        for age in stride(from: copies, through: 1, by: -1) {
          let place = Self.place(sequence - Int64(age))
          let start = place * Self.maximumByteCount
          slot.copy(keptBytes.octets.extracting(start..<start + kept[place].byteCount), at: offset)
          offset += kept[place].byteCount
        }
      }
      slot.copy(packet, at: offset)
      return (offset + packet.byteCount, headerByteCount)
    }
    swap(&kept, &self.kept)
    swap(&keptBytes, &self.keptBytes)
    self.copyCount += copies
    self.keep(packet, timestamp: timestamp)
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

  private static func place(_ sequence: Int64) -> Int { Int(sequence & 3) }

  /// How many of the packets directly before the next one can go along with it.
  private func fittingCopies(atMost limit: Int, besides byteCount: Int, timestamp: RTPTimestamp) -> Int {
    var total = byteCount + RedundantAudioPayload.newHeaderByteCount
    var count = 0
    while count < min(limit, self.keptCount) {
      let copy = self.kept[Self.place(self.nextSequence - Int64(count + 1))]
      total += RedundantAudioPayload.copyHeaderByteCount + copy.byteCount
      guard total <= Self.maximumPayloadByteCount, copy.byteCount <= RedundantAudioPayload.maximumCopyByteCount,
        timestamp.rawValue &- copy.timestamp.rawValue <= RedundantAudioPayload.maximumAge
      else { break }
      count += 1
    }
    return count
  }

  private mutating func keep(_ packet: RawSpan, timestamp: RTPTimestamp) {
    let place = Self.place(self.nextSequence)
    var span = self.keptBytes.mutableSpan
    // SAFETY: any byte is a valid `UInt8`.
    var bytes = unsafe span.mutableBytes
    bytes.copy(packet, at: place * Self.maximumByteCount)
    self.kept[place] = Kept(byteCount: packet.byteCount, timestamp: timestamp)
    self.keptCount = min(self.keptCount + 1, RedundantAudioPayload.maximumCopyCount)
  }
}
