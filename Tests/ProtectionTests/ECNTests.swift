import DatagramIO
import MediaUnits
import Testing

@Suite("Marks of the network", .timeLimit(.minutes(1)))
struct ECNTests {
  private struct Received: Hashable {
    var byte: UInt8
    var ecn: ECNMark
  }

  /// Sends a datagram for each element of `marks`, of the socket's mark where it is `nil`, and returns what comes.
  private func exchange(
    _ marks: [ECNMark?],
    from sender: SocketAddress,
    ecn: ECNMark,
    to address: SocketAddress,
    by host: String,
    tells: Bool = true
  ) throws -> [Received] {
    var receiver = try UDPSocket(bindingTo: address, tellsECN: tells)
    var sender = try UDPSocket(bindingTo: sender, ecn: ecn)
    let isCapable = sender.isECNCapable
    #expect(isCapable == (ecn != .notCapable))
    let destination = try SocketAddress(host: host, port: receiver.localAddress.port)
    var outgoing = SendBatch()
    for (index, mark) in marks.enumerated() {
      _ = outgoing.append(to: destination, maximumByteCount: 100, ecn: mark) { room in
        room[0] = UInt8(index)
        return 100
      }
    }
    sender.send(&outgoing)
    let counters = sender.counters
    #expect(counters.sent == marks.count)
    var received: [Received] = []
    var incoming = ReceiveBatch()
    var readable = PollSet([receiver.fileDescriptor])
    for _ in 0..<1_000 where received.count < marks.count {
      guard try readable.wait(until: .now + .seconds(5)) else { break }
      try receiver.receive(into: &incoming)
      incoming.forEachArrival { bytes, _, arrival in
        #expect(bytes.count == 100)
        received.append(Received(byte: bytes[0], ecn: arrival.ecn))
      }
    }
    return received
  }

  /// Whole runs of one mark, and each beside another.
  private static let marks: [ECNMark?] =
    [nil, nil, nil, .notCapable, .congestionExperienced, .congestionExperienced, .capable0, nil, .capable1, nil]
    + [ECNMark?](repeating: .congestionExperienced, count: 30) + [nil]

  private static let ways: [(sender: String, receiver: String, host: String)] = [
    ("127.0.0.1:0", "127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "[::1]:0", "::1"),
    // One socket for both families, at either end.
    ("[::]:0", "[::]:0", "127.0.0.1"), ("[::]:0", "[::]:0", "::1"), ("127.0.0.1:0", "[::]:0", "127.0.0.1"),
  ]

  @Test("are sent for all, or for one datagram, and come with it", arguments: 0..<5)
  func marks(way: Int) throws {
    let (sender, receiver, host) = Self.ways[way]
    let received = try self.exchange(
      Self.marks,
      from: SocketAddress(parsing: sender),
      ecn: .capable1,
      to: SocketAddress(parsing: receiver),
      by: host
    )
    #expect(received.map(\.byte) == Self.marks.indices.map { UInt8($0) })
    #expect(received.map(\.ecn) == Self.marks.map { $0 ?? .capable1 })
  }

  @Test("are not asked for, or not told, unless somebody wants them")
  func unwanted() throws {
    let loopback = try SocketAddress(parsing: "127.0.0.1:0")
    let plain = try self.exchange([nil, nil], from: loopback, ecn: .notCapable, to: loopback, by: "127.0.0.1")
    #expect(plain.map(\.ecn) == [.notCapable, .notCapable])
    let untold = try self.exchange(
      [nil, .capable0],
      from: loopback,
      ecn: .capable1,
      to: loopback,
      by: "127.0.0.1",
      tells: false
    )
    #expect(untold.map(\.ecn) == [.notCapable, .notCapable])
  }

  @Test("are made only of what says that its sender reacts to them")
  func marked() {
    #expect(ECNMark.notCapable.marked == .notCapable)
    for mark in [ECNMark.capable0, .capable1, .congestionExperienced] {
      #expect(mark.marked == .congestionExperienced)
    }
  }
}
