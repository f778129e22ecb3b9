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
  var path: LinkPair
  var lastHeard: Instant

  init(_ address: SocketAddress, number: Int, configuration: LinkEmulatorConfiguration, now: Instant)
    throws(SocketError)
  {
    self.address = address
    self.target = configuration.target
    let local = configuration.target.isIPv4 ? try SocketAddress(host: "0.0.0.0", port: 0) : .any(port: 0)
    self.socket = try UDPSocket(bindingTo: local, tellsECN: true)
    self.path = LinkPair(
      up: configuration.up,
      down: configuration.down,
      schedule: configuration.schedule,
      seed: configuration.seed &+ UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15,
      now: now
    )
    self.lastHeard = now
  }

  var fileDescriptor: Int32 { self.socket.fileDescriptor }

  /// Takes what the target has sent.
  func receive(into batch: inout ReceiveBatch) throws(SocketError) {
    repeat {
      try self.socket.receive(into: &batch)
      let now = Instant.now
      batch.forEachArrival { bytes, source, arrival in
        guard source == self.target else { return }
        self.lastHeard = now
        let byteCount = bytes.count + Self.headerByteCount
        self.path.down.send(UnsafeRawBufferPointer(bytes), ecn: arrival.ecn, byteCount: byteCount, now: now)
      }
    } while batch.isFull
  }

  /// Passes on to the target what has come through by `now`.
  func deliverUp(now: Instant, through batch: inout SendBatch) {
    self.path.up.deliver(to: self.target, now: now, through: &batch) { self.socket.send(&$0) }
  }
}
