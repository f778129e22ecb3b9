import DatagramIO
import Synchronization

/// A thread that receives and throws away, so that the sender never waits for a full socket.
final class Drain: @unchecked Sendable {
  let address: SocketAddress
  // SAFETY: after `init`, only the thread that `start` makes touches the socket.
  private var socket: UDPSocket
  private let wakeup: Wakeup
  private let mustStop = Atomic<Bool>(false)
  private let receivedCount = Atomic<Int>(0)

  init() throws {
    self.wakeup = try Wakeup()
    self.socket = try UDPSocket(bindingTo: SocketAddress(parsing: "127.0.0.1:0"))
    self.address = self.socket.localAddress
  }

  /// Datagrams received so far.
  var received: Int { self.receivedCount.load(ordering: .relaxed) }

  func start() -> MediaThread {
    MediaThread.start(name: "drain") { self.run() }
  }

  func stop() {
    self.mustStop.store(true, ordering: .relaxed)
    self.wakeup.signal()
  }

  private func run() {
    var batch = ReceiveBatch()
    var set = PollSet([self.socket.fileDescriptor, self.wakeup.fileDescriptor])
    while !self.mustStop.load(ordering: .relaxed), (try? set.wait(until: nil)) != nil {
      repeat {
        guard (try? self.socket.receive(into: &batch)) != nil else { return }
        var received = 0
        batch.forEach { _, _ in received += 1 }
        self.receivedCount.add(received, ordering: .relaxed)
      } while batch.isFull
    }
  }
}
