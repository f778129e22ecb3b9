internal import CLinux
public import MediaUnits

/// Room for what one receive call brings: allocated once, filled again and again.
///
/// The kernel may hand over many datagrams of one sender as one run (UDP_GRO); ``forEach(_:)`` cuts the run again.
public struct ReceiveBatch: ~Copyable {
  /// The largest run of datagrams that the kernel joins.
  private static let messageByteCount = 65_536

  private let arena: UnsafeMutableRawPointer
  private let messages: UnsafeMutablePointer<shim_datagram>
  private let capacity: Int
  private var messageCount = 0
  /// Monotonic time less wall-clock time when the batch was filled.
  private var wallOffset: Int64 = 0

  /// Datagrams that the kernel cut because they were larger than any that we take; they are not handed out.
  public private(set) var truncatedCount = 0

  /// Allocates 64 KiB a message.
  ///
  /// - Parameter capacity: messages that one call takes, 1 ... 32.
  public init(capacity: Int = 32) {
    precondition((1...Int(SHIM_BATCH_CAPACITY)).contains(capacity), "a receive batch holds 1 to 32 messages")
    self.capacity = capacity
    self.arena = .allocate(byteCount: capacity * Self.messageByteCount, alignment: 64)
    self.messages = .allocate(capacity: capacity)
    self.messages.initialize(repeating: shim_datagram(), count: capacity)
  }

  deinit {
    self.messages.deallocate()
    self.arena.deallocate()
  }

  /// Whether the last call filled every message, so that there may be more to fetch.
  public var isFull: Bool { self.messageCount == self.capacity }

  /// Hands out each datagram of the last receive call, in order of arrival.
  ///
  /// - Parameter body: may change the bytes in place; they are overwritten by the next receive call.
  /// - Complexity: O(datagrams); allocates nothing.
  public func forEach(_ body: (UnsafeMutableRawBufferPointer, SocketAddress) -> Void) {
    self.forEachArrival { datagram, source, _ in body(datagram, source) }
  }

  /// What the kernel tells of a datagram's way.
  public struct Arrival: Hashable, Sendable {
    /// When the kernel took it; `nil` unless the socket was opened to tell.
    public var at: Instant?
    /// How the network marked it; ``ECNMark/notCapable`` unless the socket was opened to tell.
    public var ecn: ECNMark
  }

  /// As ``forEach(_:)``, with what the kernel tells of the datagram's way.
  public func forEachArrival(_ body: (UnsafeMutableRawBufferPointer, SocketAddress, Arrival) -> Void) {
    for index in 0..<self.messageCount {
      let message = self.messages + index
      guard message.pointee.isTruncated == 0, let source = SocketAddress(message.pointee.address) else { continue }
      let bytes = UnsafeMutableRawBufferPointer(start: message.pointee.base, count: message.pointee.byteCount)
      let segment = message.pointee.segmentByteCount == 0 ? bytes.count : message.pointee.segmentByteCount
      let stamp = message.pointee.arrivedNanoseconds
      // The kernel joins only what has the same bits.
      let arrival = Arrival(
        at: stamp == 0 ? nil : Instant(nanoseconds: stamp + self.wallOffset),
        ecn: ECNMark(rawValue: UInt8(truncatingIfNeeded: message.pointee.ecn)) ?? .notCapable
      )
      var offset = 0
      while offset < bytes.count {
        let end = min(offset + segment, bytes.count)
        body(UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<end]), source, arrival)
        offset = end
      }
    }
  }

  /// Fills the batch from `descriptor`; -1 leaves it empty and `errno` set.
  mutating func fill(from descriptor: Int32) -> Int32 {
    for index in 0..<self.capacity {
      self.messages[index].base = self.arena + index * Self.messageByteCount
      self.messages[index].byteCount = Self.messageByteCount
    }
    let received = shim_recvmmsg(descriptor, self.messages, UInt32(self.capacity))
    self.messageCount = max(0, Int(received))
    if self.messageCount > 0, self.messages[0].arrivedNanoseconds != 0 {
      self.wallOffset = -NTPClock.wallLead
    }
    for index in 0..<self.messageCount where self.messages[index].isTruncated != 0 { self.truncatedCount += 1 }
    return received
  }
}
