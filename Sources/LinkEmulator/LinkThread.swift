import DatagramIO
import Synchronization

/// The thread of an emulated network.
public final class LinkThread: Sendable {
  let control: LinkControl
  private let thread: MediaThread

  /// - Parameter body: runs until `control` tells it to stop, or the network fails.
  init(name: String, control: LinkControl, _ body: @escaping @Sendable () -> Void) {
    self.control = control
    self.thread = MediaThread.start(name: name, body)
  }

  func stop() {
    self.control.state.withLock { $0.mustStop = true }
    self.control.wakeup.signal()
    self.thread.join()
  }
}
