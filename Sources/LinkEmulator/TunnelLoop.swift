import DatagramIO
import MediaUnits
import NetworkSimulator
import Octets
import Synchronization

/// The tunnel's thread: the only place that touches its devices and links.
final class TunnelLoop {
  /// Packets taken from a device before what is due is passed on.
  private static let packetsPerTurn = 64

  private let configuration: TunnelConfiguration
  private let control: LinkControl
  private var players: TunnelDevice
  private var hosts: TunnelDevice
  private var room = [UInt8](repeating: 0, count: TunnelDevice.maximumPacketByteCount)
  /// From the first packet on.
  private var path: LinkPair?
  private var report = LinkReport()

  init(
    configuration: TunnelConfiguration,
    players: consuming TunnelDevice,
    hosts: consuming TunnelDevice,
    control: LinkControl
  ) {
    self.configuration = configuration
    self.players = players
    self.hosts = hosts
    self.control = control
  }

  func run() {
    do {
      try self.serve()
    } catch {
      self.control.state.withLock { $0.failure = error }
    }
  }

  private func serve() throws(SocketError) {
    var poll = PollSet([
      self.control.wakeup.fileDescriptor, self.players.fileDescriptor, self.hosts.fileDescriptor,
    ])
    while self.takeOrders() {
      if try poll.wait(until: self.path?.deadline) {
        if poll.isReadable(0) { self.control.wakeup.drain() }
        if poll.isReadable(1) { try self.receive(from: &self.players, isUp: true) }
        if poll.isReadable(2) { try self.receive(from: &self.hosts, isUp: false) }
      }
      let now = Instant.now
      self.path?.followSchedule(now: now)
      self.deliver(now: now)
    }
  }

  /// Publishes the counts; `false` when the thread is to end.
  private func takeOrders() -> Bool {
    if let path = self.path {
      self.report.up = path.up.statistics
      self.report.down = path.down.statistics
    }
    return self.control.state.withLock { state in
      state.report = self.report
      return !state.mustStop
    }
  }

  private func receive(from device: inout TunnelDevice, isUp: Bool) throws(SocketError) {
    for _ in 0..<Self.packetsPerTurn {
      guard let byteCount = try device.receive(into: &self.room) else { return }
      guard IPPacket.crossesPath(self.room.octets.extracting(0..<byteCount)) else { continue }
      self.pass(byteCount: byteCount, isUp: isUp, now: Instant.now)
    }
  }

  /// Puts the packet in ``room`` on its way.
  private func pass(byteCount: Int, isUp: Bool, now: Instant) {
    if self.path == nil {
      self.path = LinkPair(
        up: self.configuration.up,
        down: self.configuration.down,
        schedule: self.configuration.schedule,
        seed: self.configuration.seed,
        now: now
      )
      self.report.firstClientAt = now
      self.report.clientCount = 1
      self.report.totalClientCount = 1
    }
    self.room.withUnsafeBytes { bytes in
      let packet = UnsafeRawBufferPointer(rebasing: bytes[..<byteCount])
      if isUp {
        self.path?.up.send(packet, byteCount: byteCount, now: now)
      } else {
        self.path?.down.send(packet, byteCount: byteCount, now: now)
      }
    }
  }

  private func deliver(now: Instant) {
    while self.path?.up.deliverPacket(now: now, { self.give($0, to: &self.hosts) }) ?? false {}
    while self.path?.down.deliverPacket(now: now, { self.give($0, to: &self.players) }) ?? false {}
  }

  private func give(_ packet: UnsafeRawBufferPointer, to device: inout TunnelDevice) {
    if !device.send(packet) { self.report.refused += 1 }
  }
}
