public import MediaUnits
internal import Octets
public import RTP
public import SessionProtocol

/// Sends input events until they are acknowledged: every packet carries all that are not.
///
/// A lost packet costs nothing but the wait for the next, and the next is never far: a packet is repeated after 8 ms
/// twice, then once a round trip. Pointer motion that has not been sent yet is added up.
///
/// - Spec: Protocol/input.md §2.
public struct InputSender: Sendable {
  private struct Pending: Sendable {
    var sequence: UInt32
    var event: InputEvent
  }

  /// Events that wait for acknowledgement at most; further ones are refused.
  private static let capacity = 1024
  /// Shortest time between two packets of which the second tells nothing but more motion.
  private static let motionInterval: Duration = .milliseconds(1)

  private var pending: [Pending] = []
  private var nextSequence: UInt32 = 1
  private var sentThrough: UInt32 = 0
  /// As ``sentThrough``, but never lowered: what the host may have seen must not change any more.
  private var offeredThrough: UInt32 = 0
  private var lastSentAt = Instant.zero
  private var sendsSinceNew = 0
  /// The last packet could not hold everything: more has to wait for an acknowledgement.
  private var isFull = false
  private var rtpSequence: UInt16
  private var scratch = [UInt8](repeating: 0, count: 1200)
  public var ssrc: SSRC
  /// Smoothed round-trip time, which times the repeats.
  public var roundTrip: Duration = .milliseconds(30)
  public private(set) var packetCount: UInt32 = 0
  public private(set) var octetCount: UInt32 = 0
  /// Events refused because too many wait.
  public private(set) var refusedEventCount = 0

  public init(ssrc: SSRC, firstSequence: UInt16) {
    self.ssrc = ssrc
    self.rtpSequence = firstSequence
    self.pending.reserveCapacity(Self.capacity)
  }

  /// Number of the newest event taken; 0 before the first.
  public var newestSequence: UInt32 { self.nextSequence &- 1 }

  /// Takes an event to be sent by the next ``poll(now:_:)``.
  ///
  /// - Returns: its sequence number, or `nil` when it was refused.
  @discardableResult
  public mutating func send(_ event: InputEvent, now: Instant) -> UInt32? {
    if let last = self.pending.last, Int32(bitPattern: last.sequence &- self.offeredThrough) > 0,
      let sum = Self.joined(last.event, event)
    {
      self.pending[self.pending.count - 1].event = sum
      return last.sequence
    }
    guard self.pending.count < Self.capacity else {
      self.refusedEventCount += 1
      return nil
    }
    let sequence = self.nextSequence
    self.nextSequence &+= 1
    self.pending.append(Pending(sequence: sequence, event: event))
    return sequence
  }

  /// The host has everything up to and including `sequence`.
  public mutating func acknowledge(_ sequence: UInt32) {
    // An acknowledgement of what was never sent is a peer's mistake.
    guard Int32(bitPattern: sequence &- self.sentThrough) <= 0 else { return }
    self.pending.removeAll { Int32(bitPattern: $0.sequence &- sequence) <= 0 }
    self.isFull = false
    if self.pending.isEmpty { self.sendsSinceNew = 0 }
  }

  /// After a resumption everything unacknowledged goes out again, on a new stream.
  public mutating func restart(ssrc: SSRC) {
    self.ssrc = ssrc
    self.lastSentAt = .zero
    self.sendsSinceNew = 0
    self.isFull = false
    self.rtpSequence &= 0x7FFF
    self.packetCount = 0
    self.octetCount = 0
    if let first = self.pending.first { self.sentThrough = first.sequence &- 1 }
  }

  /// When ``poll(now:_:)`` next has something to send; `nil` while everything is acknowledged.
  public var deadline: Instant? {
    guard let newest = self.pending.last else { return nil }
    if self.isUnsent(newest.sequence), !self.isFull {
      if case .pointerMotion = newest.event { return self.lastSentAt + Self.motionInterval }
      return .zero
    }
    return self.lastSentAt + self.repeatInterval
  }

  /// Sends one packet when one is due.
  public mutating func poll(now: Instant, _ send: (RawSpan, PacketKind) -> Void) {
    guard let deadline = self.deadline, deadline <= now, let first = self.pending.first else { return }
    var scratch: [UInt8] = []
    swap(&scratch, &self.scratch)
    defer { swap(&scratch, &self.scratch) }
    var writer = InputPacketWriter(firstSequence: first.sequence, at: RTPHeader.fixedByteCount)
    var last = first.sequence
    let header = RTPHeader(
      marker: false,
      payloadType: .input,
      sequenceNumber: SequenceNumber(rawValue: self.rtpSequence),
      timestamp: ClockRate.video.timestamp(at: now),
      ssrc: self.ssrc
    )
    do {
      var span = scratch.mutableSpan
      // SAFETY: any byte is a valid `UInt8`.
      var bytes = unsafe span.mutableBytes
      header.serialize(into: &bytes)
      for entry in self.pending {
        guard writer.append(entry.event, to: &bytes) else { break }
        last = entry.sequence
      }
    }
    self.isFull = last != self.newestSequence
    let isNew = Int32(bitPattern: last &- self.sentThrough) > 0
    self.sendsSinceNew = isNew ? 1 : self.sendsSinceNew + 1
    if isNew { self.sentThrough = last }
    if Int32(bitPattern: last &- self.offeredThrough) > 0 { self.offeredThrough = last }
    self.lastSentAt = now

    self.rtpSequence &+= 1
    let byteCount = RTPHeader.fixedByteCount + writer.byteCount
    self.packetCount &+= 1
    self.octetCount &+= UInt32(writer.byteCount)
    send(scratch.octets.extracting(0..<byteCount), .rtp)
  }

  private func isUnsent(_ sequence: UInt32) -> Bool {
    Int32(bitPattern: sequence &- self.sentThrough) > 0
  }

  private var repeatInterval: Duration {
    self.sendsSinceNew <= 2 ? .milliseconds(8) : max(self.roundTrip, .milliseconds(10))
  }

  private static func joined(_ first: InputEvent, _ second: InputEvent) -> InputEvent? {
    switch (first, second) {
    case (.pointerMotion(let x, let y), .pointerMotion(let deltaX, let deltaY)):
      let (sumX, overflowX) = x.addingReportingOverflow(deltaX)
      let (sumY, overflowY) = y.addingReportingOverflow(deltaY)
      return overflowX || overflowY ? nil : .pointerMotion(deltaX: sumX, deltaY: sumY)
    case (.pointerPosition, .pointerPosition): return second
    default: return nil
    }
  }
}
