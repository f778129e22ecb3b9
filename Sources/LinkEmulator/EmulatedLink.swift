public import DatagramIO
import Synchronization

/// A network of chosen quality that runs until it is stopped.
public protocol EmulatedLink: Sendable {
  /// What passes its packets on.
  var thread: LinkThread { get }
}

extension EmulatedLink {
  /// What was done until the last packet came or left.
  public var report: LinkReport { self.thread.control.state.withLock { $0.report } }

  /// Why it ceased to work by itself; `nil` while it works.
  public var failure: SocketError? { self.thread.control.state.withLock { $0.failure } }

  /// Ends it; what is under way is dropped, and everything that was made for it is gone on return.
  ///
  /// - Returns: what was done in all.
  @discardableResult
  public func stop() -> LinkReport {
    self.thread.stop()
    return self.report
  }
}
