internal import CLinux
internal import Glibc
public import MediaUnits

/// A fixed set of descriptors to wait for.
public struct PollSet: ~Copyable {
  private let entries: UnsafeMutablePointer<pollfd>
  private let count: Int

  /// - Parameter descriptors: what to wait for; owned by others, who keep them open for as long as the set is used.
  public init(_ descriptors: [Int32]) {
    self.count = descriptors.count
    self.entries = .allocate(capacity: max(1, descriptors.count))
    for (index, descriptor) in descriptors.enumerated() {
      (self.entries + index).initialize(to: pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
    }
  }

  deinit {
    self.entries.deallocate()
  }

  /// Waits until a descriptor is readable, `deadline` has come, or a signal arrived.
  ///
  /// - Parameter deadline: `nil` waits for ever; one in the past only looks.
  /// - Returns: whether any descriptor is readable.
  /// - Throws: ``SocketError`` if the system cannot wait at all.
  /// - Complexity: one or two system calls; allocates nothing. Precise to the timer's slack, 50 µs by default.
  @discardableResult
  public mutating func wait(until deadline: Instant?) throws(SocketError) -> Bool {
    let nanoseconds = deadline.map { max(0, ($0 - Instant.now).wholeNanoseconds) } ?? -1
    let ready = shim_ppoll(self.entries, UInt32(self.count), nanoseconds)
    if ready < 0 {
      let code = errno
      for index in 0..<self.count { self.entries[index].revents = 0 }
      guard code == EINTR else { throw SocketError(.wait, code: code) }
    }
    return ready > 0
  }

  /// Whether the descriptor given as number `index` was readable, or failed, when the last wait ended.
  public func isReadable(_ index: Int) -> Bool {
    precondition((0..<self.count).contains(index), "the set has no such descriptor")
    return self.entries[index].revents != 0
  }
}
