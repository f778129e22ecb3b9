public import DatagramIO
public import NetworkSimulator
import Synchronization

/// A stretch of network between UDP clients and one target: each client's datagrams pass a ``SimulatedLink`` each way.
///
/// Runs on a thread of its own. Traces and outages count from each client's first datagram, so that a test's clock
/// starts with its session.
public final class LinkEmulator: EmulatedLink {
  /// Where clients send to.
  public let localAddress: SocketAddress
  public let thread: LinkThread

  /// Binds the port and starts to pass datagrams on.
  ///
  /// - Throws: ``SocketError`` when the port cannot be had.
  public static func start(_ configuration: LinkEmulatorConfiguration) throws -> LinkEmulator {
    let control = try LinkControl()
    // SAFETY: made here, and from now on touched only by the thread started below.
    nonisolated(unsafe) let loop = try LinkLoop(configuration: configuration, control: control)
    let address = loop.localAddress
    let thread = LinkThread(name: "link", control: control) { loop.run() }
    return LinkEmulator(localAddress: address, thread: thread)
  }

  private init(localAddress: SocketAddress, thread: LinkThread) {
    self.localAddress = localAddress
    self.thread = thread
  }

  /// Changes the conditions of all clients, present and future; `nil` leaves a direction as it is. Datagrams under way
  /// keep the arrival that they were given.
  public func setConditions(up: LinkConditions? = nil, down: LinkConditions? = nil) {
    let control = self.thread.control
    control.state.withLock { state in
      if let up { state.up = up }
      if let down { state.down = down }
    }
    control.wakeup.signal()
  }
}
