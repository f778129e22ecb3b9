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
  var up: SimulatedLink<[UInt8]>
  var down: SimulatedLink<[UInt8]>
  var lastHeard: Instant

  init(_ address: SocketAddress, number: Int, configuration: LinkEmulatorConfiguration, now: Instant)
    throws(SocketError)
  {
    self.address = address
    self.target = configuration.target
    let local = configuration.target.isIPv4 ? try SocketAddress(host: "0.0.0.0", port: 0) : .any(port: 0)
    self.socket = try UDPSocket(bindingTo: local)
    let seed = configuration.seed &+ UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
    self.up = SimulatedLink(configuration.up, seed: seed, start: now)
    self.down = SimulatedLink(configuration.down, seed: ~seed, start: now)
    self.lastHeard = now
  }

  var fileDescriptor: Int32 { self.socket.fileDescriptor }

  /// When the next datagram is to be passed on, in either direction.
  var deadline: Instant {
    min(self.up.deadline ?? .distantFuture, self.down.deadline ?? .distantFuture)
  }

  /// Takes what the target has sent.
  func receive(into batch: inout ReceiveBatch) throws(SocketError) {
    repeat {
      try self.socket.receive(into: &batch)
      let now = Instant.now
      batch.forEach { bytes, source in
        guard source == self.target else { return }
        self.lastHeard = now
        self.down.send(Array(bytes), byteCount: bytes.count + Self.headerByteCount, now: now)
      }
    } while batch.isFull
  }

  /// Passes on to the target what has come through by `now`.
  func deliverUp(now: Instant, through batch: inout SendBatch) {
    while let bytes = self.up.receive(now: now) {
      if !batch.append(bytes, to: self.target) {
        self.socket.send(&batch)
        _ = batch.append(bytes, to: self.target)
      }
    }
    self.socket.send(&batch)
  }
}

extension SendBatch {
  /// Appends a datagram; `false` if there is no room. One that is larger than any batch takes is left out.
  mutating func append(_ bytes: [UInt8], to destination: SocketAddress) -> Bool {
    guard 1...65_000 ~= bytes.count else { return true }
    return self.append(to: destination, maximumByteCount: bytes.count) { room in
      room.copyBytes(from: bytes)
      return bytes.count
    }
  }
}
