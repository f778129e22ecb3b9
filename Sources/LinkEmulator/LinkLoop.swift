import DatagramIO
import MediaUnits
import NetworkSimulator
import Synchronization

/// The emulator's thread: the only place that touches its sockets and links.
final class LinkLoop {
  private static let housekeepingInterval: Duration = .seconds(1)

  private var configuration: LinkEmulatorConfiguration
  private let control: LinkControl
  private var front: UDPSocket
  private var received = ReceiveBatch()
  private var outgoing = SendBatch()
  private var clients: [SocketAddress: LinkClient] = [:]
  /// In the order of their descriptors in the set that is waited for.
  private var waited: [LinkClient] = []
  private var isSetStale = true
  /// The counts of clients that were forgotten, and those of all.
  private var past = LinkReport()

  var localAddress: SocketAddress { self.front.localAddress }

  init(configuration: LinkEmulatorConfiguration, control: LinkControl) throws(SocketError) {
    self.configuration = configuration
    self.control = control
    self.front = try UDPSocket(bindingTo: configuration.listen, tellsECN: true)
  }

  func run() {
    do {
      try self.serve()
    } catch {
      self.control.state.withLock { $0.failure = error }
    }
    self.clients = [:]
    self.waited = []
  }

  private func serve() throws(SocketError) {
    var poll = self.pollSet()
    var housekeepingAt = Instant.now + Self.housekeepingInterval
    while self.takeOrders() {
      if self.isSetStale { poll = self.pollSet() }
      let deadline = self.waited.reduce(housekeepingAt) { min($0, $1.path.deadline) }
      if try poll.wait(until: deadline) {
        if poll.isReadable(0) { self.control.wakeup.drain() }
        for (index, client) in self.waited.enumerated() where poll.isReadable(index + 2) {
          try client.receive(into: &self.received)
        }
        if poll.isReadable(1) { try self.receiveFront() }
      }
      let now = Instant.now
      for client in self.waited { client.path.followSchedule(now: now) }
      self.deliver(now: now)
      if now >= housekeepingAt {
        self.forgetIdle(now: now)
        housekeepingAt = now + Self.housekeepingInterval
      }
    }
  }

  private func pollSet() -> PollSet {
    self.waited = Array(self.clients.values)
    self.isSetStale = false
    return PollSet(
      [self.control.wakeup.fileDescriptor, self.front.fileDescriptor] + self.waited.map(\.fileDescriptor)
    )
  }

  /// Publishes the counts and takes over what was asked for; `false` when the thread is to end.
  private func takeOrders() -> Bool {
    var report = self.past
    for client in self.clients.values {
      report.up = report.up + client.path.up.statistics
      report.down = report.down + client.path.down.statistics
    }
    report.clientCount = self.clients.count
    let orders = self.control.state.withLock { state in
      state.report = report
      defer { (state.up, state.down) = (nil, nil) }
      return (up: state.up, down: state.down, mustStop: state.mustStop)
    }
    if let up = orders.up {
      self.configuration.up = up
      for client in self.clients.values { client.path.up.conditions = up }
    }
    if let down = orders.down {
      self.configuration.down = down
      for client in self.clients.values { client.path.down.conditions = down }
    }
    return !orders.mustStop
  }

  private func receiveFront() throws(SocketError) {
    repeat {
      try self.front.receive(into: &self.received)
      let now = Instant.now
      self.received.forEachArrival { bytes, source, arrival in
        guard let client = self.client(at: source, now: now) else {
          self.past.refused += 1
          return
        }
        client.lastHeard = now
        let byteCount = bytes.count + LinkClient.headerByteCount
        client.path.up.send(UnsafeRawBufferPointer(bytes), ecn: arrival.ecn, byteCount: byteCount, now: now)
      }
    } while self.received.isFull
  }

  private func client(at address: SocketAddress, now: Instant) -> LinkClient? {
    if let client = self.clients[address] { return client }
    guard
      self.clients.count < self.configuration.maximumClientCount,
      let client = try? LinkClient(
        address,
        number: self.past.totalClientCount,
        configuration: self.configuration,
        now: now
      )
    else { return nil }
    self.past.totalClientCount += 1
    self.past.firstClientAt = self.past.firstClientAt ?? now
    self.clients[address] = client
    self.isSetStale = true
    return client
  }

  private func deliver(now: Instant) {
    for client in self.clients.values {
      client.deliverUp(now: now, through: &self.outgoing)
      client.path.down.deliver(to: client.address, now: now, through: &self.outgoing) { self.front.send(&$0) }
    }
  }

  private func forgetIdle(now: Instant) {
    for (address, client) in self.clients where now - client.lastHeard > self.configuration.idleTimeout {
      self.past.up = self.past.up + client.path.up.statistics
      self.past.down = self.past.down + client.path.down.statistics
      self.clients[address] = nil
      self.isSetStale = true
    }
  }
}
