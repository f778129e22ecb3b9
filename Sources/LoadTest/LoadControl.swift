import DatagramIO
import Synchronization

/// What the load's thread and everyone else share.
final class LoadControl: Sendable {
  /// What came of the search for a player's seat.
  typealias Found = (player: Int, seat: Result<(LoadSeat, SocketAddress), any Error>)

  let mustStop = Atomic(false)
  let wakeup: Wakeup
  private let found = Mutex<[Found]>([])

  init() throws(SocketError) {
    self.wakeup = try Wakeup()
  }

  func put(_ found: Found) {
    self.found.withLock { $0.append(found) }
    self.wakeup.signal()
  }

  func takeFound() -> [Found] {
    self.found.withLock { found in
      guard !found.isEmpty else { return [] }
      defer { found = [] }
      return found
    }
  }
}
