internal import MediaUnits
internal import RTP

/// What was sent in one RTP stream and has not been heard of yet.
///
/// One allocation for the stream's whole life: slots found by sequence number.
struct SentPacketLog: Sendable {
  struct Entry: Sendable {
    /// Extended sequence number; -1 for a slot that is empty or settled.
    var sequence: Int64 = -1
    var sentAt = Instant.zero
    var byteCount = 0
    /// Ordinal of the frame that it belongs to.
    var frame: Int64 = -1
    /// When it arrived, on the player's clock; `nil` before that is known.
    var arrivedAt: Instant?
    /// Neither acknowledged, nor lost, nor given up.
    var isInFlight = false
  }

  private let mask: Int64
  private var entries: [Entry]
  /// The newest sent; -1 before the first.
  private(set) var newest: Int64 = -1
  /// Everything before this is settled.
  private(set) var oldestOpen: Int64 = 0
  private(set) var inFlightByteCount = 0

  /// - Parameter capacity: packets remembered; a power of two.
  init(capacity: Int) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0, "a log holds a power of two of packets")
    self.mask = Int64(capacity - 1)
    self.entries = [Entry](repeating: Entry(), count: capacity)
  }

  /// Notes a packet that is leaving. Numbers grow by one from call to call.
  mutating func sent(_ number: SequenceNumber, byteCount: Int, frame: Int64, now: Instant) {
    let sequence: Int64
    if self.newest < 0 {
      sequence = 65536 + Int64(number.rawValue)
      self.oldestOpen = sequence
    } else {
      sequence = self.extended(number)
    }
    let index = Int(sequence & self.mask)
    if self.entries[index].isInFlight { self.inFlightByteCount -= self.entries[index].byteCount }
    self.entries[index] = Entry(
      sequence: sequence,
      sentAt: now,
      byteCount: byteCount,
      frame: frame,
      isInFlight: true
    )
    self.inFlightByteCount += byteCount
    self.newest = max(self.newest, sequence)
    self.oldestOpen = max(self.oldestOpen, self.newest - self.mask)
  }

  /// The number nearest to the newest sent.
  func extended(_ number: SequenceNumber) -> Int64 {
    let distance = number.distance(from: SequenceNumber(rawValue: UInt16(truncatingIfNeeded: self.newest)))
    return self.newest + Int64(distance)
  }

  /// What was sent under that number, if that is still remembered.
  func entry(_ sequence: Int64) -> Entry? {
    guard sequence >= 0, sequence <= self.newest else { return nil }
    let entry = self.entries[Int(sequence & self.mask)]
    return entry.sequence == sequence ? entry : nil
  }

  /// The packet arrived.
  ///
  /// - Returns: its entry as it was before, if this is the first that is heard of its arrival.
  mutating func arrived(_ sequence: Int64, at arrival: Instant) -> Entry? {
    guard let entry = self.entry(sequence), entry.arrivedAt == nil else { return nil }
    let index = Int(sequence & self.mask)
    if entry.isInFlight { self.inFlightByteCount -= entry.byteCount }
    self.entries[index].isInFlight = false
    self.entries[index].arrivedAt = arrival
    if sequence == self.oldestOpen { self.settle() }
    return entry
  }

  /// The packet counts as lost, or as one that nothing more will be heard of.
  ///
  /// - Returns: its entry as it was before, if it was in flight.
  mutating func gaveUp(_ sequence: Int64) -> Entry? {
    guard let entry = self.entry(sequence), entry.isInFlight else { return nil }
    self.inFlightByteCount -= entry.byteCount
    self.entries[Int(sequence & self.mask)].isInFlight = false
    return entry
  }

  /// When the oldest packet was sent that is in flight; `nil` if none is.
  var oldestInFlight: Instant? {
    guard self.inFlightByteCount > 0, let entry = self.entry(self.oldestOpen), entry.isInFlight else { return nil }
    return entry.sentAt
  }

  /// Gives up everything before `sequence`.
  mutating func forget(before sequence: Int64) {
    var open = self.oldestOpen
    while open < min(sequence, self.newest + 1) {
      _ = self.gaveUp(open)
      open += 1
    }
    self.settle()
  }

  /// Gives up everything that was sent before `instant`.
  mutating func forget(sentBefore instant: Instant) {
    while let oldest = self.oldestInFlight, oldest < instant {
      _ = self.gaveUp(self.oldestOpen)
      self.settle()
    }
  }

  /// Moves ``oldestOpen`` up to the first packet that is in flight.
  mutating func settle() {
    while self.oldestOpen <= self.newest, !(self.entry(self.oldestOpen)?.isInFlight ?? false) { self.oldestOpen += 1 }
  }
}
