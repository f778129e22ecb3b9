import DatagramIO
import NetworkSimulator
import Synchronization

/// What the emulator's thread and everyone else share.
final class LinkControl: Sendable {
  struct State {
    /// New conditions that the thread has not taken over yet.
    var up: LinkConditions?
    var down: LinkConditions?
    var report = LinkReport()
    var failure: SocketError?
    var mustStop = false
  }

  let wakeup: Wakeup
  let state = Mutex(State())

  init() throws(SocketError) {
    self.wakeup = try Wakeup()
  }
}
