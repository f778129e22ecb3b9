public import SessionProtocol

/// Takes input packets and yields each event once, in order, however often it was sent.
///
/// It outlives a change of keys: after a resumption the player goes on counting where it was.
///
/// - Spec: Protocol/input.md §2.
public struct InputReceiver: Sendable {
  /// Sequence number of the newest event yielded; 0 before the first, which is number 1.
  public private(set) var newestSequence: UInt32 = 0
  /// Packets that made no sense, or began after an event that is still missing.
  public private(set) var droppedPacketCount = 0
  /// Events of a kind that this version does not know.
  public private(set) var unknownEventCount = 0

  public init() {}

  /// - Parameters:
  ///   - payload: an input packet's RTP payload.
  ///   - body: receives each event that is new.
  /// - Returns: whether the packet was understood, and so deserves an acknowledgement.
  public mutating func handle(_ payload: RawSpan, _ body: (UInt32, InputEvent) -> Void) -> Bool {
    do {
      var reader = try InputPacket.Reader(parsing: payload)
      // Serial arithmetic: a packet may begin anywhere up to the event that is due.
      guard Int32(bitPattern: reader.firstSequence &- self.newestSequence) <= 1 else {
        self.droppedPacketCount += 1
        return false
      }
      while let (sequence, event) = try reader.next(in: payload) {
        guard sequence == self.newestSequence &+ 1 else { continue }
        self.newestSequence = sequence
        guard let event else {
          self.unknownEventCount += 1
          continue
        }
        body(sequence, event)
      }
      return true
    } catch {
      self.droppedPacketCount += 1
      return false
    }
  }
}
