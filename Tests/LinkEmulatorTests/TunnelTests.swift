import DatagramIO
import Glibc
import LinkEmulator
import MediaUnits
import NetworkSimulator
import Testing

/// Why this machine can hold no tunnel; `nil` where it can.
private let obstacle: String? = {
  guard geteuid() == 0 else { return "a tunnel takes root" }
  return access("/dev/net/tun", R_OK | W_OK) == 0 ? nil : "there is no /dev/net/tun"
}()

@Suite(
  "Tunnel between network namespaces",
  .serialized,
  .timeLimit(.minutes(1)),
  .enabled(if: obstacle == nil, "\(obstacle ?? "")")
)
struct TunnelTests {
  private static let port: UInt16 = 7000
  private let playersName = "martlet-players-\(getpid())"
  private let hostsName = "martlet-hosts-\(getpid())"

  private func start(
    up: LinkConditions = .perfect,
    down: LinkConditions = .perfect,
    schedule: LinkSchedule = LinkSchedule()
  ) throws -> TunnelEmulator {
    try TunnelEmulator.start(
      TunnelConfiguration(
        players: self.playersName,
        hosts: self.hostsName,
        up: up,
        down: down,
        schedule: schedule,
        seed: 5
      )
    )
  }

  /// Sends `count` numbered datagrams from the players' end, one a millisecond, to an echo at the hosts' end.
  ///
  /// - Returns: how long each took that came back.
  private func echo(_ tunnel: TunnelEmulator, count: Int, isIPv4: Bool = true) throws -> [Int: Duration] {
    let address = try #require(isIPv4 ? tunnel.hosts.ipv4 : tunnel.hosts.ipv6).with(port: Self.port)
    let server = try NamespaceSocket(.datagram, in: NetworkNamespace(named: self.hostsName), boundTo: address)
    let client = try NamespaceSocket(.datagram, in: NetworkNamespace(named: self.playersName), connectedTo: address)
    let echo = MediaThread.start(name: "echo") { server.echo() }
    let sender = MediaThread.start(name: "sender") {
      for number in 0..<count {
        var bytes = [UInt8](repeating: UInt8(number % 256), count: 100)
        withUnsafeBytes(of: (number, Instant.now.nanoseconds)) { bytes.replaceSubrange(0..<16, with: $0) }
        _ = client.send(bytes)
        usleep(1000)
      }
    }
    var took: [Int: Duration] = [:]
    while took.count < count {
      let bytes = client.receive(limit: .seconds(1))
      guard bytes.count == 100 else { break }
      let (number, sentAt) = bytes.withUnsafeBytes { $0.loadUnaligned(as: (Int, Int64).self) }
      #expect(bytes[16...].allSatisfy { $0 == UInt8(number % 256) })
      took[number] = Instant.now - Instant(nanoseconds: sentAt)
    }
    sender.join()
    // Wakes the echo, whatever the link loses: it is the end for a socket that is shut down.
    _ = shutdown(server.descriptor, Int32(SHUT_RDWR))
    echo.join()
    return took
  }

  @Test("passes datagrams on after the delay of both directions", arguments: [true, false])
  func delay(isIPv4: Bool) throws {
    let tunnel = try self.start(
      up: LinkConditions(delay: .milliseconds(5)),
      down: LinkConditions(delay: .milliseconds(10))
    )
    defer { tunnel.stop() }
    let took = try self.echo(tunnel, count: 100, isIPv4: isIPv4)
    #expect(took.count == 100)
    #expect(took.values.allSatisfy { $0 >= .milliseconds(15) })
    let report = tunnel.stop()
    #expect(report.up.sent == 100 && report.up.delivered == 100 && report.down.delivered == 100)
    #expect(report.up.sentByteCount == 100 * (100 + 8 + (isIPv4 ? 20 : 40)))
    #expect(report.totalClientCount == 1 && report.refused == 0)
    #expect(tunnel.failure == nil)
  }

  @Test("loses and changes what it was told to, in the direction that it was told to")
  func loss() throws {
    let tunnel = try self.start(
      down: LinkConditions(loss: 0.2),
      schedule: LinkSchedule([.init(at: .milliseconds(150), direction: .up, settings: [.loss(1)])])
    )
    defer { tunnel.stop() }
    let took = try self.echo(tunnel, count: 300)
    let report = tunnel.stop()
    #expect(report.up.sent == 300)
    #expect(report.up.lost > 0 && took.count < 200, "\(report.up.lost) lost, \(took.count) back")
    #expect(report.down.sent == 300 - report.up.lost)
    #expect(report.down.lost > 0 && took.count == report.down.sent - report.down.lost)
    // What is lost by schedule is lost from some moment on.
    #expect(took.keys.allSatisfy { $0 < report.down.sent })
  }

  @Test("carries TCP at the rate of the bottleneck, through loss, and no byte is changed")
  func tcp() throws {
    let tunnel = try self.start(
      up: LinkConditions(delay: .milliseconds(5)),
      down: LinkConditions(delay: .milliseconds(5), loss: 0.01, rate: .megabits(20), queue: .milliseconds(40))
    )
    defer { tunnel.stop() }
    let address = tunnel.hosts.ipv4.with(port: Self.port)
    let server = try NamespaceSocket(.stream, in: NetworkNamespace(named: self.hostsName), boundTo: address)
    server.listen()
    var random = SplitMix64(seed: 9)
    let sent = (0..<1_000_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let serving = MediaThread.start(name: "server") {
      if server.accept()?.send(sent) != true { print("the end is missing") }
    }
    let client = try NamespaceSocket(.stream, in: NetworkNamespace(named: self.playersName), connectedTo: address)
    let startedAt = Instant.now
    var received: [UInt8] = []
    while received.count < sent.count {
      let bytes = client.receive()
      guard !bytes.isEmpty else { break }
      received += bytes
    }
    let took = Instant.now - startedAt
    serving.join()
    #expect(received == sent, "\(received.count) bytes came")
    // A million bytes take 400 ms at 20 Mbit/s; a queue of 40 ms may be ahead.
    #expect(took > .milliseconds(380), "\(took.inMilliseconds) ms")
    let report = tunnel.stop()
    #expect(report.down.lost > 0 && report.up.lost == 0)
    #expect(report.down.longestWait > .milliseconds(1), "the queue was used")
  }

  @Test("makes what is missing, and leaves nothing behind but what was there")
  func cleansUp() throws {
    let files = [self.playersName, self.hostsName].map { "/run/netns/\($0)" }
    // A namespace of someone else's.
    let theirs = try NetworkNamespace(named: self.hostsName)
    let tunnel = try self.start()
    let second = try self.start()
    #expect(tunnel.hosts.namespace == self.hostsName && tunnel.players.namespace == self.playersName)
    #expect(tunnel.hosts.ipv4.host == "198.18.0.1" && tunnel.players.ipv4.host == "198.18.0.2")
    #expect(second.hosts.ipv4.host == "198.18.1.1" && second.hosts.device != tunnel.hosts.device)
    #expect(try self.devices(in: theirs) == ["lo", "martlet0", "martlet1"])
    second.stop()
    #expect(try self.devices(in: theirs) == ["lo", "martlet0"])
    tunnel.stop()
    #expect(try self.devices(in: theirs) == ["lo"])
    #expect(files.map { access($0, F_OK) == 0 } == [false, true])
    theirs.remove()
    #expect(files.map { access($0, F_OK) == 0 } == [false, false])
  }

  @Test("takes the name of one whose process was killed, and nothing else that is in its place")
  func staleNames() throws {
    let path = "/run/netns/\(self.playersName)"
    var status = stat()
    mkdir("/run/netns", 0o755)
    // No process has that number; and a descriptor may be of something else by now.
    var ends: [CInt] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    for target in ["/proc/4194305/fd/3", "/proc/\(getpid())/fd/\(ends[0])"] {
      #expect(symlink(target, path) == 0)
      let namespace = try NetworkNamespace(named: self.playersName)
      #expect(try self.devices(in: namespace) == ["lo"])
      namespace.remove()
      #expect(lstat(path, &status) != 0)
    }
    #expect(symlink("/proc/4194305/ns/net", path) == 0)
    #expect(throws: SocketError.self) { _ = try NetworkNamespace(named: self.playersName) }
    #expect(lstat(path, &status) == 0)
    unlink(path)
    close(open(path, O_CREAT | O_WRONLY, 0o600))
    defer { unlink(path) }
    #expect(throws: SocketError.self) { _ = try NetworkNamespace(named: self.playersName) }
    #expect(lstat(path, &status) == 0)
  }

  /// The network devices of a namespace that are up, by name.
  private func devices(in namespace: NetworkNamespace) throws -> [String] {
    try namespace.run {
      guard let list = if_nameindex() else { return [] }
      defer { if_freenameindex(list) }
      var names: [String] = []
      var item = list
      while let name = item.pointee.if_name {
        names.append(String(cString: name))
        item += 1
      }
      return names.filter { $0 == "lo" || $0.hasPrefix("martlet") }.sorted()
    }
  }
}
