internal import Octets

/// Writes events into the payload of one input packet, until it is full.
///
/// The payload is complete after every ``append(_:to:)`` that returns `true`; there is nothing to finish.
///
/// - Spec: Protocol/input.md §2.
public struct InputPacketWriter: Sendable {
  /// The sequence number of the first event.
  public let firstSequence: UInt32
  /// Events written so far. A packet without events is not to be sent.
  public private(set) var eventCount = 0
  /// Bytes of the payload so far.
  public private(set) var byteCount = InputPacket.headerByteCount

  private let start: Int
  private let maximumByteCount: Int

  /// - Parameters:
  ///   - start: where the payload begins within the span that ``append(_:to:)`` is given.
  ///   - maximumByteCount: the most bytes that the payload may take.
  public init(firstSequence: UInt32, at start: Int = 0, maximumByteCount: Int = InputPacket.maximumByteCount) {
    self.firstSequence = firstSequence
    self.start = start
    self.maximumByteCount = maximumByteCount
  }

  /// Bytes that an event takes.
  public static func byteCount(of event: InputEvent) -> Int {
    2 + event.wireType.bodyByteCount
  }

  /// Appends the event that follows those appended so far.
  ///
  /// - Returns: `false`, with nothing written, if the packet is full.
  /// - Complexity: O(1); does not allocate.
  public mutating func append(_ event: InputEvent, to datagram: inout MutableRawSpan) -> Bool {
    let eventByteCount = Self.byteCount(of: event)
    guard self.eventCount < InputPacket.maximumEventCount,
      self.byteCount + eventByteCount <= min(self.maximumByteCount, datagram.byteCount - self.start)
    else { return false }
    event.serialize(into: &datagram, at: self.start + self.byteCount)
    self.eventCount += 1
    self.byteCount += eventByteCount
    datagram.storeBigEndian(self.firstSequence, at: self.start)
    datagram.storeBigEndian(UInt8(self.eventCount), at: self.start + 4)
    return true
  }
}
