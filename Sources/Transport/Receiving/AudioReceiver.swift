internal import MediaUnits
internal import Octets
internal import RTP

/// Puts audio packets into order, waiting only briefly for one that is late, and tells how many never came.
///
/// - Spec: RFC 7587 §4.2; Protocol/media.md §5.
struct AudioReceiver: ~Copyable {
  /// One step of playout.
  enum Step: Sendable {
    /// A packet in its turn.
    case packet(sequence: Int64, timestamp: RTPTimestamp, arrivedAt: Instant)
    /// This many packets are not coming; conceal them.
    case lost(Int)
  }

  private struct Slot: Sendable {
    var sequence: Int64 = -1
    var byteCount = 0
    var timestamp = RTPTimestamp(rawValue: 0)
    var arrivedAt = Instant.zero
    /// Came along with a later packet.
    var isCopy = false
  }

  private static let window = 16
  private static let slotByteCount = 1200
  /// How long the next packet may be late once a later one is there.
  private static let patience: Duration = .milliseconds(15)

  private var slots = [Slot](repeating: Slot(), count: AudioReceiver.window)
  private var storage = [UInt8](repeating: 0, count: AudioReceiver.window * AudioReceiver.slotByteCount)
  private var next: Int64?
  private var newest: Int64 = -1
  private var waitingSince: Instant?
  private(set) var receivedCount = 0
  private(set) var lostCount = 0
  /// Packets that are played from a copy, because they did not come themselves, or too late.
  private(set) var recoveredCount = 0

  /// When a packet that is being waited for is given up; `nil` while nothing is.
  var deadline: Instant? { self.waitingSince.map { $0 + Self.patience } }

  /// - Parameter isCopy: whether it came along with a later packet; the packet itself takes its place.
  mutating func insert(
    _ payload: RawSpan,
    sequence: Int64,
    timestamp: RTPTimestamp,
    isCopy: Bool = false,
    now: Instant
  ) {
    guard payload.byteCount > 0, payload.byteCount <= Self.slotByteCount else { return }
    guard let next = self.next else {
      self.next = sequence
      self.store(payload, sequence: sequence, timestamp: timestamp, isCopy: isCopy, now: now)
      return
    }
    guard sequence >= next else { return }
    if sequence >= next + Int64(Self.window) {
      // Far ahead, as after a pause: what lies between is gone.
      self.lostCount += Int(min(sequence - next, Int64(Int32.max)))
      self.next = sequence
      for index in self.slots.indices { self.slots[index].sequence = -1 }
    }
    self.store(payload, sequence: sequence, timestamp: timestamp, isCopy: isCopy, now: now)
  }

  /// Takes the next step, or returns `false` when it is not yet known what that is.
  mutating func poll(now: Instant, _ body: (Step, RawSpan) -> Void) -> Bool {
    guard let next = self.next else { return false }
    let index = Int(next & Int64(Self.window - 1))
    let slot = self.slots[index]
    if slot.sequence == next {
      self.next = next + 1
      self.waitingSince = nil
      if slot.isCopy { self.recoveredCount += 1 }
      let start = index * Self.slotByteCount
      body(
        .packet(sequence: next, timestamp: slot.timestamp, arrivedAt: slot.arrivedAt),
        self.storage.octets.extracting(start..<start + slot.byteCount)
      )
      return true
    }
    guard self.newest > next else { return false }
    guard let since = self.waitingSince else {
      self.waitingSince = now
      return false
    }
    guard now - since >= Self.patience else { return false }
    var following = next + 1
    while following < self.newest, self.slots[Int(following & Int64(Self.window - 1))].sequence != following {
      following += 1
    }
    self.next = following
    self.waitingSince = nil
    self.lostCount += Int(following - next)
    body(.lost(Int(following - next)), self.storage.octets.extracting(0..<0))
    return true
  }

  private mutating func store(
    _ payload: RawSpan,
    sequence: Int64,
    timestamp: RTPTimestamp,
    isCopy: Bool,
    now: Instant
  ) {
    let index = Int(sequence & Int64(Self.window - 1))
    guard self.slots[index].sequence != sequence else {
      if self.slots[index].isCopy, !isCopy {
        self.slots[index].isCopy = false
        self.receivedCount += 1
      }
      return
    }
    var span = self.storage.mutableSpan
    // SAFETY: any byte is a valid `UInt8`.
    var bytes = unsafe span.mutableBytes
    bytes.copy(payload, at: index * Self.slotByteCount)
    self.slots[index] = Slot(
      sequence: sequence,
      byteCount: payload.byteCount,
      timestamp: timestamp,
      arrivedAt: now,
      isCopy: isCopy
    )
    self.newest = max(self.newest, sequence)
    if !isCopy { self.receivedCount += 1 }
  }
}
