internal import CLinux
internal import Glibc

/// Ends another thread's wait: the thread has ``fileDescriptor`` in its ``PollSet``, anyone calls ``signal()``.
public final class Wakeup: Sendable {
  /// Readable from a signal until the next ``drain()``.
  public let fileDescriptor: Int32

  /// - Throws: ``SocketError`` where the process has no descriptor left.
  public init() throws(SocketError) {
    let descriptor = shim_eventfd()
    guard descriptor >= 0 else { throw SocketError(.open, code: errno, subject: "an event descriptor") }
    self.fileDescriptor = descriptor
  }

  deinit {
    close(self.fileDescriptor)
  }

  /// Makes the descriptor readable. From any thread; several signals before a drain are one.
  public func signal() {
    var one: UInt64 = 1
    // The write can only fail when the counter is at its maximum, where the descriptor is readable already.
    _ = write(self.fileDescriptor, &one, MemoryLayout<UInt64>.size)
  }

  /// Makes the descriptor unreadable until the next signal.
  public func drain() {
    var value: UInt64 = 0
    _ = read(self.fileDescriptor, &value, MemoryLayout<UInt64>.size)
  }
}
