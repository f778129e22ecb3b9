internal import CLinux
public import MediaUnits

/// Datagrams on their way out, side by side in one arena that is allocated once.
///
/// Consecutive datagrams for one destination become one message that the kernel segments (UDP_SEGMENT), as long as all
/// have the same size and mark; a shorter one may close the run.
public struct SendBatch: ~Copyable {
  /// The kernel's limit on datagrams in one segmented message (`UDP_MAX_SEGMENTS` of kernels before 6.9).
  private static let maximumSegmentCount = 64
  /// Below 65,535 less the largest IP and UDP headers.
  private static let maximumMessageByteCount = 65_000
  private static let messageCapacity = 256
  /// Larger than any datagram of the protocol.
  private static let largestDatagramByteCount = 1_500

  private let arena: UnsafeMutableRawPointer
  private let arenaByteCount: Int
  private var usedByteCount = 0

  /// The messages; only the first ``messageCount`` are meaningful.
  let messages: UnsafeMutablePointer<shim_datagram>
  /// For each message its destination, from which the socket fills in an address of its own family.
  let destinations: UnsafeMutablePointer<SocketAddress>
  private(set) var messageCount = 0
  /// Whether the last message may take another datagram.
  private var lastIsOpen = false

  /// Datagrams appended since the batch was last sent.
  public private(set) var datagramCount = 0

  /// - Parameter byteCount: the arena's size, at least 64 KiB.
  public init(byteCount: Int = 1 << 20) {
    precondition(byteCount >= 65_536, "a send batch needs room for at least one whole message")
    self.arenaByteCount = byteCount
    self.arena = .allocate(byteCount: byteCount, alignment: 64)
    self.messages = .allocate(capacity: Self.messageCapacity)
    self.messages.initialize(repeating: shim_datagram(), count: Self.messageCapacity)
    self.destinations = .allocate(capacity: Self.messageCapacity)
    self.destinations.initialize(repeating: .any(port: 0), count: Self.messageCapacity)
  }

  deinit {
    self.destinations.deallocate()
    self.messages.deallocate()
    self.arena.deallocate()
  }

  public var isEmpty: Bool { self.messageCount == 0 }

  /// Whether another datagram of 1,500 bytes might not fit; send the batch then.
  public var isFull: Bool {
    self.messageCount == Self.messageCapacity
      || self.arenaByteCount - self.usedByteCount < Self.largestDatagramByteCount
  }

  /// Appends one datagram.
  ///
  /// - Parameters:
  ///   - destination: where it goes.
  ///   - maximumByteCount: how much room `write` needs, 1 ... 65,000.
  ///   - ecn: its mark, where that is not the socket's.
  ///   - write: fills the room from its start and returns how many bytes it used; 0 appends nothing.
  /// - Returns: `false`, without calling `write`, if there is no room: send the batch and append again.
  /// - Complexity: allocates nothing.
  public mutating func append(
    to destination: SocketAddress,
    maximumByteCount: Int,
    ecn: ECNMark? = nil,
    _ write: (UnsafeMutableRawBufferPointer) -> Int
  ) -> Bool {
    precondition((1...Self.maximumMessageByteCount).contains(maximumByteCount), "a datagram has 1 to 65,000 bytes")
    guard self.messageCount < Self.messageCapacity, self.usedByteCount + maximumByteCount <= self.arenaByteCount else {
      return false
    }
    let start = self.arena + self.usedByteCount
    let byteCount = write(UnsafeMutableRawBufferPointer(start: start, count: maximumByteCount))
    precondition((0...maximumByteCount).contains(byteCount), "a datagram must lie within the room it was given")
    guard byteCount > 0 else { return true }
    self.usedByteCount += byteCount
    self.datagramCount += 1
    let bits = ecn.map { Int32($0.rawValue) } ?? -1
    if !self.extendLast(to: destination, byteCount: byteCount, ecn: bits) {
      let message = self.messages + self.messageCount
      message.pointee.base = start
      message.pointee.byteCount = byteCount
      message.pointee.segmentByteCount = byteCount
      message.pointee.ecn = bits
      self.destinations[self.messageCount] = destination
      self.messageCount += 1
      self.lastIsOpen = true
    }
    return true
  }

  /// Forgets what was appended.
  public mutating func removeAll() {
    self.usedByteCount = 0
    self.messageCount = 0
    self.datagramCount = 0
    self.lastIsOpen = false
  }

  /// Lengthens the last message by the datagram just written behind it, if the kernel could cut the two apart again and
  /// would mark them alike.
  private mutating func extendLast(to destination: SocketAddress, byteCount: Int, ecn: Int32) -> Bool {
    guard self.lastIsOpen, self.messageCount > 0, self.destinations[self.messageCount - 1] == destination else {
      return false
    }
    let last = self.messages + (self.messageCount - 1)
    let segment = last.pointee.segmentByteCount
    guard last.pointee.ecn == ecn, byteCount <= segment,
      last.pointee.byteCount + byteCount <= Self.maximumMessageByteCount,
      last.pointee.byteCount < segment * Self.maximumSegmentCount
    else { return false }
    last.pointee.byteCount += byteCount
    self.lastIsOpen = byteCount == segment
    return true
  }
}
