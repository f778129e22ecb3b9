import DatagramIO
import MediaUnits
import NetworkSimulator
import Testing

@testable import LinkEmulator

@Suite("Link emulator", .serialized, .timeLimit(.minutes(1)))
struct LinkEmulatorTests {
  private static func loopback() throws -> SocketAddress { try SocketAddress(host: "127.0.0.1", port: 0) }

  /// Sends `count` numbered datagrams from each of `clients` sockets through an emulator to an echo and collects what
  /// comes back within `limit`, with the time that each took.
  private func echo(
    clients: Int = 1,
    count: Int,
    up: LinkConditions = .perfect,
    down: LinkConditions = .perfect,
    schedule: LinkSchedule = LinkSchedule(),
    maximumClientCount: Int = 256,
    limit: Duration = .seconds(2)
  ) throws -> (roundTrips: [[Duration]], report: LinkReport) {
    var target = try UDPSocket(bindingTo: Self.loopback())
    let emulator = try LinkEmulator.start(
      LinkEmulatorConfiguration(
        listen: Self.loopback(),
        target: target.localAddress,
        up: up,
        down: down,
        schedule: schedule,
        seed: 5,
        maximumClientCount: maximumClientCount
      )
    )
    var received = ReceiveBatch(capacity: 4)
    var outgoing = SendBatch()
    var roundTrips = [[Duration]](repeating: [], count: clients)
    // One socket after the other would hide that each has a link of its own; all are open together.
    var first = try UDPSocket(bindingTo: Self.loopback())
    var second = try UDPSocket(bindingTo: Self.loopback())
    func send(_ number: Int, from socket: inout UDPSocket) {
      let bytes = [UInt8](repeating: UInt8(number % 256), count: 100)
      let stamp = Instant.now.nanoseconds
      _ = outgoing.append(to: emulator.localAddress, maximumByteCount: 108) { room in
        room.copyBytes(from: bytes)
        room.storeBytes(of: stamp, toByteOffset: 100, as: Int64.self)
        return 108
      }
      socket.send(&outgoing)
    }
    func collect(_ index: Int, from socket: inout UDPSocket) throws {
      try socket.receive(into: &received)
      received.forEach { bytes, source in
        let sent = Instant(nanoseconds: bytes.loadUnaligned(fromByteOffset: 100, as: Int64.self))
        #expect(bytes.count == 108 && source == emulator.localAddress)
        roundTrips[index].append(Instant.now - sent)
      }
    }
    var poll = PollSet([target.fileDescriptor, first.fileDescriptor, second.fileDescriptor])
    let end = Instant.now + limit
    var number = 0
    var sendAt = Instant.now
    while Instant.now < end {
      if number < count, Instant.now >= sendAt {
        send(number, from: &first)
        if clients == 2 { send(number, from: &second) }
        number += 1
        sendAt = sendAt + .milliseconds(1)
      }
      try poll.wait(until: number < count ? min(sendAt, end) : end)
      try target.receive(into: &received)
      received.forEach { bytes, source in
        _ = outgoing.append(to: source, maximumByteCount: bytes.count) { room in
          room.copyMemory(from: UnsafeRawBufferPointer(bytes))
          return bytes.count
        }
      }
      target.send(&outgoing)
      try collect(0, from: &first)
      if clients == 2 { try collect(1, from: &second) }
      if roundTrips.allSatisfy({ $0.count >= count }) { break }
    }
    return (roundTrips, emulator.stop())
  }

  @Test("passes datagrams on after the delay of both directions")
  func delay() throws {
    let (roundTrips, report) = try self.echo(
      count: 200,
      up: LinkConditions(delay: .milliseconds(5)),
      down: LinkConditions(delay: .milliseconds(10))
    )
    #expect(roundTrips[0].count == 200)
    #expect(roundTrips[0].allSatisfy { $0 >= .milliseconds(15) })
    // A busy machine makes most of them late; the one that it let pass shows that nothing else did.
    let fastest = try #require(roundTrips[0].min())
    #expect(fastest < .milliseconds(17), "the fastest took \(fastest.inMilliseconds) ms")
    #expect(report.up.sent == 200 && report.up.delivered == 200 && report.down.delivered == 200)
    #expect(report.up.sentByteCount == 200 * (108 + 28))
    #expect(report.totalClientCount == 1 && report.refused == 0)
    let first = try #require(report.firstClientAt)
    #expect(.zero...(.seconds(5)) ~= Instant.now - first)
  }

  @Test("passes marks on, and marks what has waited, of what may be marked", arguments: [true, false])
  func marks(isCapable: Bool) throws {
    var target = try UDPSocket(bindingTo: Self.loopback(), tellsECN: true)
    let emulator = try LinkEmulator.start(
      LinkEmulatorConfiguration(
        listen: Self.loopback(),
        target: target.localAddress,
        // A hundred datagrams of 128 bytes take a tenth of a second.
        up: LinkConditions(rate: .megabits(1), queue: .seconds(1), marking: .milliseconds(20)),
        down: .perfect
      )
    )
    var client = try UDPSocket(bindingTo: Self.loopback(), ecn: isCapable ? .capable1 : .notCapable)
    var batch = SendBatch()
    for _ in 0..<100 { _ = batch.append(to: emulator.localAddress, maximumByteCount: 100) { _ in 100 } }
    client.send(&batch)
    var received = ReceiveBatch()
    var marks: [ECNMark] = []
    var poll = PollSet([target.fileDescriptor])
    while marks.count < 100, try poll.wait(until: .now + .seconds(2)) {
      try target.receive(into: &received)
      received.forEachArrival { _, _, arrival in marks.append(arrival.ecn) }
    }
    let report = emulator.stop()
    #expect(marks.count == 100)
    // The first twenty or so have not waited long enough.
    #expect(60...90 ~= report.up.marked)
    let firstMark = marks.firstIndex(of: .congestionExperienced) ?? 0
    guard isCapable else {
      #expect(marks.allSatisfy { $0 == .notCapable })
      return
    }
    #expect(marks[..<firstMark].allSatisfy { $0 == .capable1 } && firstMark > 5)
    #expect(marks[firstMark...].count == report.up.marked)
    #expect(marks[firstMark...].allSatisfy { $0 == .congestionExperienced })
  }

  @Test("loses what it was told to, in the direction that it was told to")
  func loss() throws {
    let (roundTrips, report) = try self.echo(count: 500, down: LinkConditions(loss: 0.2), limit: .seconds(1))
    #expect(report.up.lost == 0 && report.up.delivered == 500)
    #expect(60...140 ~= report.down.lost)
    #expect(roundTrips[0].count == 500 - report.down.lost)
  }

  @Test("keeps clients apart, and takes no more than it may")
  func clients() throws {
    let both = try self.echo(clients: 2, count: 50, up: LinkConditions(delay: .milliseconds(2)))
    #expect(both.roundTrips.map(\.count) == [50, 50])
    #expect(both.report.totalClientCount == 2)
    let one = try self.echo(clients: 2, count: 50, maximumClientCount: 1, limit: .milliseconds(500))
    #expect(one.roundTrips.map(\.count) == [50, 0])
    #expect(one.report.totalClientCount == 1 && one.report.refused == 50)
  }

  @Test("an outage holds datagrams until the path is back")
  func outage() throws {
    let down = LinkConditions(
      queue: .seconds(1),
      outages: [Outage(at: .milliseconds(50), lasting: .milliseconds(150))]
    )
    let (roundTrips, _) = try self.echo(count: 100, down: down)
    let longest = try #require(roundTrips[0].max())
    #expect(roundTrips[0].count == 100)
    let fastest = try #require(roundTrips[0].min())
    #expect(longest >= .milliseconds(130), "\(longest.inMilliseconds) ms")
    #expect(fastest < .milliseconds(40), "before the outage nothing is held: \(fastest.inMilliseconds) ms")
  }

  @Test("changes conditions when the schedule says so, in the direction that it says")
  func schedule() throws {
    let schedule = LinkSchedule([
      .init(at: .milliseconds(100), direction: .down, settings: [.delay(.milliseconds(20))]),
      .init(at: .milliseconds(200), direction: .both, settings: [.loss(1)]),
    ])
    let (roundTrips, report) = try self.echo(count: 300, schedule: schedule, limit: .seconds(1))
    let slow = roundTrips[0].count { $0 >= .milliseconds(20) }
    #expect(70...130 ~= roundTrips[0].count - slow, "\(roundTrips[0].count) came back, \(slow) of them late")
    #expect(50...130 ~= slow, "\(slow)")
    #expect(70...130 ~= report.up.lost, "\(report.up.lost)")
  }

  @Test("passes on each datagram twice where it is told to")
  func duplication() throws {
    let (roundTrips, report) = try self.echo(count: 100, down: LinkConditions(duplication: 1))
    // It ends when a hundred have come back, which are those of fifty that were sent.
    #expect(roundTrips[0].count >= 100)
    #expect(45...60 ~= report.down.sent, "\(report.down.sent)")
  }

  @Test("hands on what is duplicated twice and forgets what is lost, and no bytes get mixed up")
  func pool() {
    var pool = DatagramPool()
    func store(_ byte: UInt8, count: Int = 100) -> Int {
      [UInt8](repeating: byte, count: count).withUnsafeBytes { pool.store($0, ecn: .capable1) }
    }
    let (first, second) = (store(1), store(2))
    pool.retain(first)
    pool.release(first)
    #expect(pool.withBytes(first) { Array($0) } == [UInt8](repeating: 1, count: 100))
    #expect(pool.ecn(first) == .capable1)
    pool.release(second)
    #expect(pool.usedCount == 1)
    #expect(store(3, count: 9000) == second, "a free buffer is used again")
    #expect(pool.withBytes(second) { $0.count } == 9000)
    pool.release(second)
    pool.release(first)
    #expect(pool.usedCount == 0)
  }
}
