import Foundation
import Glibc
import Synchronization

/// The path between one player and a host, which a test can cut, and which can come to the host from a new address.
final class UDPRelay: Sendable {
  private struct State {
    var back: UDPPort
    var playerPort: UInt16 = 0
    var isCut = false
    var recorded: [[UInt8]] = []
  }

  private static let recordedCount = 2000

  private let front: UDPPort
  private let hostPort: UInt16
  private let state: Mutex<State>
  private let mustEnd = Atomic(false)

  /// Where the player finds the host.
  var port: UInt16 { self.front.port }

  init(to hostPort: UInt16) throws {
    self.front = try UDPPort()
    self.hostPort = hostPort
    self.state = Mutex(State(back: try UDPPort(connectedTo: hostPort)))
    let thread = Thread { [self] in self.run() }
    thread.start()
  }

  /// Ends the relay's thread, which keeps the relay alive until then.
  func end() {
    self.mustEnd.store(true, ordering: .relaxed)
  }

  /// Drops everything in both directions from now on, or no longer.
  func cut(_ isCut: Bool) {
    self.state.withLock { $0.isCut = isCut }
  }

  /// What the host sees as the player's address changes, as when a phone leaves its wireless network.
  func changeAddress() throws {
    let port = try UDPPort(connectedTo: self.hostPort)
    self.state.withLock { $0.back = port }
  }

  /// The first datagrams that the player sent.
  var recorded: [[UInt8]] { self.state.withLock { $0.recorded } }

  private func run() {
    while !self.mustEnd.load(ordering: .relaxed) {
      let back = self.state.withLock { $0.back }
      var entries = [self.front, back].map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      _ = poll(&entries, 2, 20)
      while let (bytes, port) = self.front.receive() {
        let target = self.state.withLock { state -> UDPPort? in
          state.playerPort = port
          if state.recorded.count < Self.recordedCount { state.recorded.append(bytes) }
          return state.isCut ? nil : state.back
        }
        target?.send(bytes)
      }
      while let (bytes, _) = back.receive() {
        let port = self.state.withLock { $0.isCut ? 0 : $0.playerPort }
        if port != 0 { self.front.send(bytes, to: port) }
      }
    }
  }
}
