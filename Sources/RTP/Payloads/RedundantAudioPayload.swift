internal import Octets

/// Up to three Opus packets in one RTP packet: copies of those sent before, oldest first, and then the new one.
///
/// Each copy is of the packet directly before the one that follows it, so that its sequence number is known from its
/// place. Parsing copies nothing: ranges are of the datagram that the caller still owns.
///
/// - Spec: RFC 2198 §3; Protocol/media.md §6.1.
public struct RedundantAudioPayload: Hashable, Sendable {
  /// A packet that was sent before.
  public struct Copy: Hashable, Sendable {
    /// How many ticks before the new packet's timestamp its own lies, 0 ... 16383.
    public var age: UInt32
    /// Bytes of the Opus packet within the datagram; empty where the packet is not repeated.
    public var range: Range<Int>

    public init(age: UInt32, range: Range<Int>) {
      self.age = age
      self.range = range
    }
  }

  /// Copies in a packet at most.
  public static let maximumCopyCount = 2
  /// The largest age that a copy can have.
  public static let maximumAge: UInt32 = 0x3FFF
  /// Bytes of the largest copy.
  public static let maximumCopyByteCount = 0x3FF
  /// Bytes that a copy takes besides its own.
  public static let copyHeaderByteCount = 4
  /// Bytes that the new packet takes besides its own.
  public static let newHeaderByteCount = 1

  /// Of the packet directly before the new one; `nil` if there is no copy.
  public var previous: Copy?
  /// Of the packet before that; `nil` if there is one copy or none.
  public var beforePrevious: Copy?
  /// Bytes of the new packet within the datagram.
  public var newest: Range<Int>

  /// - Parameter payload: ``RTPHeader/payload`` of the same datagram.
  /// - Returns: `nil` if the payload has other content than Opus, more copies than two, or ends early.
  /// - Complexity: O(1); does not allocate.
  public init?(parsing datagram: RawSpan, payload: Range<Int>) {
    var offset = payload.lowerBound
    var oldest: (age: UInt32, byteCount: Int)?
    var newer: (age: UInt32, byteCount: Int)?
    while true {
      guard offset < payload.upperBound else { return nil }
      let first: UInt8 = datagram.bigEndian(at: offset)
      guard first & 0x7F == PayloadType.audio.rawValue else { return nil }
      guard first & 0x80 != 0 else {
        offset += Self.newHeaderByteCount
        break
      }
      guard offset + Self.copyHeaderByteCount <= payload.upperBound, newer == nil else { return nil }
      let fields: UInt32 = datagram.bigEndian(at: offset)
      let copy = (age: fields >> 10 & Self.maximumAge, byteCount: Int(fields & 0x3FF))
      if oldest == nil { oldest = copy } else { newer = copy }
      offset += Self.copyHeaderByteCount
    }
    guard offset + (oldest?.byteCount ?? 0) + (newer?.byteCount ?? 0) <= payload.upperBound else { return nil }
    func take(_ copy: (age: UInt32, byteCount: Int)) -> Copy {
      defer { offset += copy.byteCount }
      return Copy(age: copy.age, range: offset..<offset + copy.byteCount)
    }
    let first = oldest.map(take)
    let second = newer.map(take)
    self.previous = second ?? first
    self.beforePrevious = second == nil ? nil : first
    self.newest = offset..<payload.upperBound
  }

  /// Writes the header of a copy. Traps if it does not fit.
  ///
  /// - Parameters:
  ///   - age: at most ``maximumAge``.
  ///   - byteCount: at most ``maximumCopyByteCount``.
  public static func writeCopyHeader(
    age: UInt32,
    byteCount: Int,
    into datagram: inout MutableRawSpan,
    at offset: Int
  ) {
    precondition(age <= Self.maximumAge && byteCount <= Self.maximumCopyByteCount, "a copy is young and small")
    datagram.storeBigEndian(
      UInt32(0x80 | PayloadType.audio.rawValue) << 24 | age << 10 | UInt32(byteCount),
      at: offset
    )
  }

  /// Writes the header of the new packet, which follows those of its copies. Traps if it does not fit.
  public static func writeNewHeader(into datagram: inout MutableRawSpan, at offset: Int) {
    datagram.storeBigEndian(PayloadType.audio.rawValue, at: offset)
  }
}
