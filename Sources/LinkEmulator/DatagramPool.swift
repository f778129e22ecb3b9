import MediaUnits

/// The bytes and marks of datagrams under way. Buffers are used again and again: once there are enough, nothing is allocated.
struct DatagramPool {
  private struct Buffer {
    var bytes: [UInt8] = []
    var ecn = ECNMark.notCapable
    /// Of the datagrams under way that these bytes are of: a duplicated one is there twice.
    var useCount = 0
  }

  /// A buffer that grew beyond is given up when it is free.
  private static let usualByteCount = 2048

  private var buffers: [Buffer] = []
  private var free: [Int] = []

  /// Buffers that are in use.
  var usedCount: Int { self.buffers.count - self.free.count }

  /// Copies a datagram in, used once.
  mutating func store(_ bytes: UnsafeRawBufferPointer, ecn: ECNMark) -> Int {
    let index: Int
    if let last = self.free.popLast() {
      index = last
    } else {
      index = self.buffers.count
      var buffer = Buffer()
      buffer.bytes.reserveCapacity(Self.usualByteCount)
      self.buffers.append(buffer)
    }
    self.buffers[index].bytes.append(contentsOf: bytes)
    self.buffers[index].ecn = ecn
    self.buffers[index].useCount = 1
    return index
  }

  /// The datagram is under way once more.
  mutating func retain(_ index: Int) {
    self.buffers[index].useCount += 1
  }

  /// The datagram has arrived, or will not.
  mutating func release(_ index: Int) {
    self.buffers[index].useCount -= 1
    guard self.buffers[index].useCount == 0 else { return }
    if self.buffers[index].bytes.capacity > 2 * Self.usualByteCount {
      self.buffers[index].bytes = []
    } else {
      self.buffers[index].bytes.removeAll(keepingCapacity: true)
    }
    self.free.append(index)
  }

  /// The mark that a datagram was sent with.
  func ecn(_ index: Int) -> ECNMark { self.buffers[index].ecn }

  /// Lends a datagram's bytes.
  func withBytes<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    self.buffers[index].bytes.withUnsafeBytes(body)
  }

  /// Lends a datagram's bytes to change them, for all who use them.
  mutating func withMutableBytes(_ index: Int, _ body: (inout MutableRawSpan) -> Void) {
    var span = self.buffers[index].bytes.mutableSpan
    var bytes = span.mutableBytes
    body(&bytes)
  }
}
