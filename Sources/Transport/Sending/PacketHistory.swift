internal import MediaUnits
internal import Octets

/// The last packets of one RTP stream, in plaintext, so that any of them can be sent again.
///
/// One allocation for the stream's whole life: slots of a fixed size, found by sequence number.
struct PacketHistory: ~Copyable {
  /// What a slot holds.
  struct Entry: Sendable {
    /// Extended sequence number; -1 for an empty slot.
    var sequence: Int64 = -1
    var byteCount = 0
    /// Bytes before the payload: fixed header and extensions.
    var headerByteCount = 0
    /// Whether it ends a frame.
    var isLast = false
    var queuedAt = Instant.zero
    /// When it was last sent again.
    var repeatedAt: Instant?
  }

  /// Bytes of one slot; the largest RTP packet before encryption.
  static let slotByteCount = 1200
  private let mask: Int64
  private var storage: [UInt8]
  private var entries: [Entry]

  /// - Parameter capacity: packets remembered; a power of two.
  init(capacity: Int) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0, "a history holds a power of two of packets")
    self.mask = Int64(capacity - 1)
    self.storage = [UInt8](repeating: 0, count: capacity * Self.slotByteCount)
    self.entries = [Entry](repeating: Entry(), count: capacity)
  }

  var capacity: Int { self.entries.count }

  /// Fills the slot of `sequence`, overwriting what was there.
  ///
  /// - Parameters:
  ///   - isLast: whether the packet ends a frame.
  ///   - write: writes the packet into the slot and returns its byte count and that of its headers.
  mutating func store(
    _ sequence: Int64,
    isLast: Bool = false,
    now: Instant,
    _ write: (inout MutableRawSpan) -> (byteCount: Int, headerByteCount: Int)
  ) {
    let index = Int(sequence & self.mask)
    var span = self.storage.mutableSpan
    // SAFETY: any byte is a valid `UInt8`.
    var bytes = unsafe span.mutableBytes
    let start = index * Self.slotByteCount
    var slot = bytes._mutatingExtracting(start..<start + Self.slotByteCount)
    let (byteCount, headerByteCount) = write(&slot)
    self.entries[index] = Entry(
      sequence: sequence,
      byteCount: byteCount,
      headerByteCount: headerByteCount,
      isLast: isLast,
      queuedAt: now
    )
  }

  /// The slot's bookkeeping, or `nil` when `sequence` is no longer, or was never, held.
  func entry(_ sequence: Int64) -> Entry? {
    let entry = self.entries[Int(sequence & self.mask)]
    return entry.sequence == sequence ? entry : nil
  }

  /// Lends the packet's bytes. Does nothing when it is not held.
  func withPacket(_ sequence: Int64, _ body: (RawSpan, Entry) -> Void) {
    guard let entry = self.entry(sequence) else { return }
    let start = Int(sequence & self.mask) * Self.slotByteCount
    body(self.storage.octets.extracting(start..<start + entry.byteCount), entry)
  }

  /// Notes that the packet was sent again.
  mutating func markRepeated(_ sequence: Int64, now: Instant) {
    let index = Int(sequence & self.mask)
    guard self.entries[index].sequence == sequence else { return }
    self.entries[index].repeatedAt = now
  }
}
