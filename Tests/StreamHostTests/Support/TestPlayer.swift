import DatagramIO
import Handshake
import MediaUnits
import SessionProtocol
import StreamHost

/// A player that gets as far as the first packet of the picture.
struct TestPlayer {
  struct Start {
    var grant: SessionGrant
    /// From the hello to the first media packet.
    var firstPacketAfter: Duration
  }

  var identity = StaticKeyPair()

  /// Asks for a session.
  ///
  /// - Throws: the ``SessionRefusal``, or ``SocketError``.
  /// - Returns: `nil` if nothing comes.
  func ask(
    _ host: HostUnderTest,
    ticket: [UInt8] = [],
    size: PictureSize = HostUnderTest.size,
    resuming connection: ConnectionID? = nil
  ) throws -> Start? {
    var socket = try UDPSocket(bindingTo: SocketAddress(parsing: "127.0.0.1:0"))
    var poll = PollSet([socket.fileDescriptor])
    var received = ReceiveBatch(capacity: 8)
    var outgoing = SendBatch(byteCount: 128 << 10)
    let start = Instant.now
    let request = SessionRequest(
      terms: StreamTerms(picture: size, frameRate: 60, maximumBitrate: .megabits(10), audioPacketDuration: nil),
      resumedSession: connection,
      requestTime: UInt64(start.nanoseconds),
      ticket: ticket
    )
    guard
      var handshake = PlayerHandshake(
        identity: self.identity,
        hostKey: host.server.publicKey,
        request: request,
        now: start
      )
    else { return nil }
    var firstPacketAt: Instant?
    for _ in 0..<100_000 where Instant.now < start + .seconds(10) {
      while let hello = handshake.poll(now: .now) {
        _ = outgoing.append(to: host.server.localAddress, maximumByteCount: hello.count) { buffer in
          buffer.copyBytes(from: hello)
          return hello.count
        }
      }
      socket.send(&outgoing)
      try poll.wait(until: .now + .milliseconds(20))
      try socket.receive(into: &received)
      received.forEach { datagram, _ in
        if datagram[0] < 8 {
          handshake.handle(UnsafeRawBufferPointer(datagram).bytes, now: .now)
        } else if datagram.count > 200, firstPacketAt == nil {
          firstPacketAt = .now
        }
      }
      switch handshake.outcome {
      case .granted(let grant, _):
        if let firstPacketAt { return Start(grant: grant, firstPacketAfter: firstPacketAt - start) }
      case .refused(let refusal): throw refusal
      case .timedOut: return nil
      case nil: break
      }
    }
    return nil
  }
}
