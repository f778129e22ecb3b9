internal import Octets

/// The payload of one packet of the input stream: consecutive events, each with its own sequence number.
///
/// ```
/// u32 sequence of the first event · u8 event count 1…64 · per event: u8 type · u8 body length · body
/// ```
///
/// - Spec: Protocol/input.md §2.
public enum InputPacket {
  /// Bytes in front of the first event.
  public static let headerByteCount = 5
  /// The most events that one packet holds.
  public static let maximumEventCount = 64
  /// The most bytes that a payload has.
  public static let maximumByteCount = 1100

  /// Why a payload is not an input packet. A peer can cause every one of these.
  public enum ParseError: Error, Hashable, Sendable {
    /// The payload ends before a byte that must be there.
    case truncated
    /// There are no events, or more than ``maximumEventCount``.
    case invalidEventCount(UInt8)
    /// A body is shorter than its type needs.
    case shortBody(type: UInt8)
    /// A field has a value that means nothing.
    case invalidValue(type: UInt8)
    /// Bytes follow the last event.
    case trailingBytes
  }

  /// Reads the events of one payload in order.
  ///
  /// Call ``next(in:)`` with the same payload until it returns `nil`. After an error the rest is not to be read.
  public struct Reader: Sendable {
    /// The sequence number of the packet's first event.
    public let firstSequence: UInt32
    /// Events in the packet, those of unknown type included; 1 ... 64.
    public let eventCount: Int

    private var index = 0
    private var offset = InputPacket.headerByteCount

    /// - Parameter payload: the RTP payload alone, any length.
    /// - Throws: ``ParseError``; count the packet and drop it.
    public init(parsing payload: RawSpan) throws(ParseError) {
      guard payload.byteCount >= InputPacket.headerByteCount else { throw .truncated }
      let count: UInt8 = payload.bigEndian(at: 4)
      guard 1...UInt8(InputPacket.maximumEventCount) ~= count else { throw .invalidEventCount(count) }
      self.firstSequence = payload.bigEndian(at: 0)
      self.eventCount = Int(count)
    }

    /// The next event, or `nil` once there are no more.
    ///
    /// - Parameter payload: the same that the reader was made with.
    /// - Returns: the event and its sequence number, which wraps; the event is `nil` if its type is unknown.
    /// - Throws: ``ParseError``; count the packet and drop the rest of it.
    /// - Complexity: O(1); does not allocate.
    public mutating func next(in payload: RawSpan) throws(ParseError) -> (sequence: UInt32, event: InputEvent?)? {
      guard self.index < self.eventCount else {
        guard self.offset == payload.byteCount else { throw .trailingBytes }
        return nil
      }
      guard self.offset + 2 <= payload.byteCount else { throw .truncated }
      let type: UInt8 = payload.bigEndian(at: self.offset)
      let start = self.offset + 2
      let body = start..<start + Int(payload.bigEndian(at: self.offset + 1, as: UInt8.self))
      guard body.upperBound <= payload.byteCount else { throw .truncated }
      let event = try InputEvent(parsing: payload, body: body, type: type)
      let sequence = self.firstSequence &+ UInt32(self.index)
      self.index += 1
      self.offset = body.upperBound
      return (sequence, event)
    }
  }
}
