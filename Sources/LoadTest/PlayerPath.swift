import DatagramIO
import MediaUnits
import NetworkSimulator
import SessionReport

/// One player's way to its host: a socket of its own, and an emulated network where one is asked for.
struct PlayerPath: ~Copyable {
  private var socket: UDPSocket
  private var address: SocketAddress?
  private var links: PlayerLinks?

  /// - Throws: ``SocketError`` where the player cannot have a socket of its own.
  init() throws(SocketError) {
    self.socket = try UDPSocket(bindingTo: .any(port: 0), tellsArrival: true, tellsECN: true)
  }

  var fileDescriptor: Int32 { self.socket.fileDescriptor }

  /// When a datagram leaves or arrives by way of the emulated network.
  var deadline: Instant { self.links?.deadline ?? .distantFuture }

  /// From now on everything goes to `address`.
  mutating func lead(to address: SocketAddress, links: PlayerLinks?) {
    self.address = address
    self.links = links
  }

  /// Takes what has arrived.
  ///
  /// - Parameters:
  ///   - queue: gets how long each datagram lay in the socket.
  ///   - body: receives what is not held back by the emulated network.
  mutating func receive(
    into batch: inout ReceiveBatch,
    queue: inout LatencyHistogram,
    _ body: (UnsafeMutableRawBufferPointer, ECNMark, Instant) -> Void
  ) throws(SocketError) {
    // A socket that is never empty must not keep the others waiting.
    for _ in 0..<8 {
      try self.socket.receive(into: &batch)
      let now = Instant.now
      batch.forEachArrival { datagram, _, arrival in
        if let arrivedAt = arrival.at { queue.record(nanoseconds: (now - arrivedAt).wholeNanoseconds) }
        if self.links != nil {
          let byteCount = datagram.count + PlayerLinks.headerByteCount
          let sent = PlayerLinks.Datagram(bytes: Array(datagram), ecn: arrival.ecn)
          self.links?.down.send(sent, byteCount: byteCount, now: now)
        } else {
          body(datagram, arrival.ecn, now)
        }
      }
      guard batch.isFull else { return }
    }
  }

  /// The next datagram that has come through the emulated network; `nil` if there is none.
  mutating func receiveFromLink(now: Instant) -> PlayerLinks.Datagram? { self.links?.receive(now: now) }

  /// Sends one datagram that `write` fills in, straight or by way of the emulated network.
  mutating func put(
    byteCount: Int,
    into batch: inout SendBatch,
    now: Instant,
    _ write: (UnsafeMutableRawBufferPointer) -> Int
  ) {
    guard let address = self.address else { return }
    guard self.links != nil else {
      if batch.isFull { self.socket.send(&batch) }
      _ = batch.append(to: address, maximumByteCount: byteCount, write)
      return
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      count = write(UnsafeMutableRawBufferPointer(buffer))
    }
    guard !bytes.isEmpty else { return }
    self.links?.up.send(bytes, byteCount: bytes.count + PlayerLinks.headerByteCount, now: now)
  }

  /// Sends the batch, with what has come through the emulated network.
  mutating func flush(_ batch: inout SendBatch, now: Instant) {
    if let address = self.address {
      while let bytes = self.links?.up.receive(now: now) {
        if batch.isFull { self.socket.send(&batch) }
        _ = batch.append(to: address, maximumByteCount: bytes.count) { buffer in
          buffer.copyBytes(from: bytes)
          return bytes.count
        }
      }
    }
    if !batch.isEmpty { self.socket.send(&batch) }
  }
}
