import DatagramIO
import MediaUnits
import NetworkSimulator

/// One client: its own socket towards the target, and its own link each way.
final class LinkClient {
  /// IPv4 and UDP headers, which take their share of a bottleneck too.
  static let headerByteCount = 28

  let address: SocketAddress
  private let target: SocketAddress
  private var socket: UDPSocket
  var up: PooledLink
  var down: PooledLink
  var lastHeard: Instant
  private let startedAt: Instant
  private let schedule: LinkSchedule
  /// How many of its changes have been made.
  private var changeCount = 0

  init(_ address: SocketAddress, number: Int, configuration: LinkEmulatorConfiguration, now: Instant)
    throws(SocketError)
  {
    self.address = address
    self.target = configuration.target
    let local = configuration.target.isIPv4 ? try SocketAddress(host: "0.0.0.0", port: 0) : .any(port: 0)
    self.socket = try UDPSocket(bindingTo: local)
    let seed = configuration.seed &+ UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
    self.schedule = configuration.schedule
    self.startedAt = now
    self.up = PooledLink(configuration.up, seed: seed, start: now)
    self.down = PooledLink(configuration.down, seed: ~seed, start: now)
    self.lastHeard = now
  }

  var fileDescriptor: Int32 { self.socket.fileDescriptor }

  /// When the next datagram is to be passed on, in either direction, or the conditions change.
  var deadline: Instant {
    min(self.up.deadline ?? .distantFuture, self.down.deadline ?? .distantFuture, self.nextChangeAt ?? .distantFuture)
  }

  private var nextChangeAt: Instant? {
    guard self.changeCount < self.schedule.changes.count else { return nil }
    return self.startedAt + self.schedule.changes[self.changeCount].at
  }

  /// Makes the changes that are due.
  func followSchedule(now: Instant) {
    while let at = self.nextChangeAt, at <= now {
      let change = self.schedule.changes[self.changeCount]
      self.changeCount += 1
      for setting in change.settings {
        if change.direction != .down { self.up.conditions.apply(setting) }
        if change.direction != .up { self.down.conditions.apply(setting) }
      }
    }
  }

  /// Takes what the target has sent.
  func receive(into batch: inout ReceiveBatch) throws(SocketError) {
    repeat {
      try self.socket.receive(into: &batch)
      let now = Instant.now
      batch.forEach { bytes, source in
        guard source == self.target else { return }
        self.lastHeard = now
        self.down.send(UnsafeRawBufferPointer(bytes), byteCount: bytes.count + Self.headerByteCount, now: now)
      }
    } while batch.isFull
  }

  /// Passes on to the target what has come through by `now`.
  func deliverUp(now: Instant, through batch: inout SendBatch) {
    self.up.deliver(to: self.target, now: now, through: &batch) { self.socket.send(&$0) }
  }
}
