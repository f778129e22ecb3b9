import DatagramIO
import MediaUnits
import Testing

@Suite("UDP sockets", .timeLimit(.minutes(1)))
struct UDPSocketTests {
  /// Sends `datagrams` from a new socket to another and returns what arrived, in order.
  private func exchange(_ datagrams: [[UInt8]], over host: String) throws -> (received: [[UInt8]], sent: Int) {
    var receiver = try UDPSocket(bindingTo: SocketAddress(parsing: "\(host):0"))
    var sender = try UDPSocket(bindingTo: SocketAddress(parsing: "\(host):0"))
    var outgoing = SendBatch()
    for datagram in datagrams {
      let fits = outgoing.append(to: receiver.localAddress, maximumByteCount: 1_500) { room in
        room.copyBytes(from: datagram)
        return datagram.count
      }
      #expect(fits)
    }
    sender.send(&outgoing)
    let isEmptied = outgoing.isEmpty
    #expect(isEmptied)

    var received: [[UInt8]] = []
    var incoming = ReceiveBatch()
    var readable = PollSet([receiver.fileDescriptor])
    let source = sender.localAddress
    for _ in 0..<1_000 where received.count < datagrams.count {
      guard try readable.wait(until: .now + .seconds(5)) else { break }
      try receiver.receive(into: &incoming)
      incoming.forEach { bytes, from in
        #expect(from == source)
        received.append(Array(bytes))
      }
    }
    return (received, sender.counters.sent)
  }

  @Test("carry datagrams of every size in order, joined and cut by the kernel", arguments: ["127.0.0.1", "[::1]"])
  func carriesInOrder(host: String) throws {
    var random = SplitMix64(seed: 11)
    let sizes = [1200, 1200, 1200, 700, 1200, 1, 1, 1, 2] + (0..<200).map { $0 < 100 ? 1200 : 100 + $0 }
    let datagrams = sizes.map { size in (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) } }
    let (received, sent) = try self.exchange(datagrams, over: host)
    #expect(received == datagrams)
    #expect(sent == datagrams.count)
  }

  @Test("of both families reach a dual-stack socket, which sees IPv4 peers as IPv4 and can answer them")
  func dualStack() throws {
    var host = try UDPSocket(bindingTo: .any(port: 0))
    var player = try UDPSocket(bindingTo: SocketAddress(parsing: "127.0.0.1:0"))
    var outgoing = SendBatch()
    let loopback = try SocketAddress(host: "127.0.0.1", port: host.localAddress.port)
    _ = outgoing.append(to: loopback, maximumByteCount: 1) {
      $0[0] = 7; return 1
    }
    player.send(&outgoing)

    var incoming = ReceiveBatch()
    var hostReadable = PollSet([host.fileDescriptor])
    let reachesHost = try hostReadable.wait(until: .now + .seconds(5))
    #expect(reachesHost)
    try host.receive(into: &incoming)
    var source: SocketAddress?
    incoming.forEach { source = $1 }
    #expect(source == player.localAddress)

    _ = try outgoing.append(to: #require(source), maximumByteCount: 1) {
      $0[0] = 8; return 1
    }
    host.send(&outgoing)
    var playerReadable = PollSet([player.fileDescriptor])
    let reachesPlayer = try playerReadable.wait(until: .now + .seconds(5))
    #expect(reachesPlayer)
    try player.receive(into: &incoming)
    var answer: [UInt8] = []
    incoming.forEach { bytes, _ in answer = Array(bytes) }
    #expect(answer == [8])
  }

  @Test("count what the kernel refuses, and go on")
  func countsRefusals() throws {
    var sender = try UDPSocket(bindingTo: SocketAddress(parsing: "127.0.0.1:0"))
    var receiver = try UDPSocket(bindingTo: SocketAddress(parsing: "127.0.0.1:0"))
    var outgoing = SendBatch()
    _ = try outgoing.append(to: SocketAddress(parsing: "[::1]:9"), maximumByteCount: 1) { _ in 1 }
    _ = try outgoing.append(to: SocketAddress(parsing: "255.255.255.255:9"), maximumByteCount: 1) { _ in 1 }
    _ = outgoing.append(to: receiver.localAddress, maximumByteCount: 1) {
      $0[0] = 5; return 1
    }
    sender.send(&outgoing)
    let counters = sender.counters
    #expect(counters.refused == 2)
    #expect(counters.sent == 1)

    var incoming = ReceiveBatch(capacity: 1)
    var readable = PollSet([receiver.fileDescriptor])
    let hasArrived = try readable.wait(until: .now + .seconds(5))
    #expect(hasArrived)
    try receiver.receive(into: &incoming)
    let isFull = incoming.isFull
    #expect(isFull)
    try receiver.receive(into: &incoming)
    let isStillFull = incoming.isFull
    #expect(!isStillFull)
  }

  @Test("say so when a port is taken")
  func portInUse() throws {
    let first = try UDPSocket(bindingTo: SocketAddress(parsing: "127.0.0.1:0"))
    let address = first.localAddress
    let error = #expect(throws: SocketError.self) { _ = try UDPSocket(bindingTo: address) }
    #expect(error?.operation == .bind)
    #expect(error?.sentence.contains("already in use") == true)
    let descriptor = first.fileDescriptor
    #expect(descriptor >= 0)
  }

  @Test("know when a datagram arrived, however late it is taken", arguments: [true, false])
  func arrival(tells: Bool) throws {
    var receiver = try UDPSocket(bindingTo: SocketAddress(parsing: "127.0.0.1:0"), tellsArrival: tells)
    var sender = try UDPSocket(bindingTo: SocketAddress(parsing: "127.0.0.1:0"))
    var outgoing = SendBatch()
    var incoming = ReceiveBatch()
    var nothing = PollSet([])
    var isRight = false
    // The kernel begins to look at its clock some time after it was asked to; before that it tells when it was read.
    for _ in 0..<100 where !isRight {
      let before = Instant.now
      for size in [1_200, 1_200, 700] {
        _ = outgoing.append(to: receiver.localAddress, maximumByteCount: size) { _ in size }
      }
      sender.send(&outgoing)
      let after = Instant.now
      try nothing.wait(until: after + .milliseconds(20))
      try receiver.receive(into: &incoming)
      var arrivals: [Instant?] = []
      incoming.forEachArrival { _, _, arrival in arrivals.append(arrival.at) }
      #expect(arrivals.count == 3)
      guard tells else {
        #expect(arrivals == [nil, nil, nil])
        return
      }
      // Two clocks are read one after the other.
      let tolerance = Duration.milliseconds(1)
      isRight = arrivals.allSatisfy { $0.map { $0 > before - tolerance && $0 < after + tolerance } ?? false }
    }
    #expect(isRight)
  }

  @Test("fill a batch to its end and no further")
  func fullBatch() throws {
    var batch = SendBatch(byteCount: 65_536)
    let destination = try SocketAddress(parsing: "127.0.0.1:9")
    var appended = 0
    for _ in 0..<1_000 where batch.append(to: destination, maximumByteCount: 1_200, { _ in 1_200 }) { appended += 1 }
    #expect(appended == 65_536 / 1_200)
    let (isFull, count) = (batch.isFull, batch.datagramCount)
    #expect(isFull && count == appended)
    batch.removeAll()
    let (isEmpty, isStillFull) = (batch.isEmpty, batch.isFull)
    #expect(isEmpty && !isStillFull)
  }
}

@Suite("Socket addresses")
struct SocketAddressTests {
  @Test("read back as they are written", arguments: ["127.0.0.1:7777", "[::1]:7777", "0.0.0.0:0", "[2001:db8::7]:9"])
  func roundTrip(text: String) throws {
    #expect(try SocketAddress(parsing: text).description == text)
  }

  @Test("are one value for an IPv4 peer, mapped or not")
  func mapped() throws {
    #expect(try SocketAddress(parsing: "[::ffff:10.1.2.3]:5") == SocketAddress(parsing: "10.1.2.3:5"))
  }

  @Test("are refused with a sentence", arguments: ["127.0.0.1", "127.0.0.1:70000", "::1:5", "", ":", "[::1]"])
  func refused(text: String) {
    let error = #expect(throws: SocketError.self) { try SocketAddress(parsing: text) }
    #expect(error?.sentence.hasSuffix(".") == true)
  }
}

@Suite("Waiting", .timeLimit(.minutes(1)))
struct WaitingTests {
  @Test("a signal from another thread ends a wait without a deadline")
  func wakeup() throws {
    let wakeup = try Wakeup()
    var set = PollSet([wakeup.fileDescriptor])
    let thread = MediaThread.start(name: "signaller") { wakeup.signal() }
    let isWoken = try set.wait(until: nil)
    #expect(isWoken)
    let isReadable = set.isReadable(0)
    #expect(isReadable)
    thread.join()
    wakeup.drain()
    let isWokenAgain = try set.wait(until: .zero)
    #expect(!isWokenAgain)
    let isStillReadable = set.isReadable(0)
    #expect(!isStillReadable)
  }

  @Test("a deadline ends a wait, not early")
  func deadline() throws {
    let wakeup = try Wakeup()
    var set = PollSet([wakeup.fileDescriptor])
    let deadline = Instant.now + .milliseconds(2)
    let isWoken = try set.wait(until: deadline)
    #expect(!isWoken)
    #expect(Instant.now >= deadline)
  }

  @Test("the NTP clock agrees with the era that we live in")
  func ntp() {
    let seconds = NTPClock.system().timestamp(at: .now).rawValue >> 32
    #expect(seconds > 3_913_056_000, "later than 2024-01-01")
  }
}
