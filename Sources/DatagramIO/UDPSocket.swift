internal import CLinux
internal import Glibc
public import MediaUnits

/// A non-blocking UDP socket with batched, segmented sends and joined receives.
///
/// Owned by one thread. Closed when it goes out of scope.
public struct UDPSocket: ~Copyable {
  /// What happened to outgoing datagrams since the socket was opened, and to failed receives.
  public struct Counters: Hashable, Sendable {
    /// Datagrams handed to the kernel.
    public var sent = 0
    /// Datagrams dropped because the socket's buffer stayed full.
    public var droppedWhileFull = 0
    /// Datagrams that the kernel refused for their destination: no route, too large, not permitted, port closed.
    public var refused = 0
    /// Messages that had to be sent datagram by datagram because the kernel would not segment them.
    public var unsegmented = 0
    /// Receive calls that reported an earlier datagram's fate, or a passing shortage, in place of a datagram.
    public var receiveErrors = 0
  }

  /// How long a send waits for room in the socket's buffer.
  private static let longestWait: Duration = .milliseconds(4)
  /// Asked for in both directions; a second of 64 Mbit/s.
  private static let bufferByteCount: Int32 = 8 << 20

  private let descriptor: FileDescriptor
  private let family: Int32
  private var segments = true

  /// Where the socket is bound, with the port that the system chose if it was asked to.
  public let localAddress: SocketAddress
  /// Whether the kernel joins incoming datagrams.
  public let joinsReceived: Bool
  /// Whether what is sent says that its sender reacts to marks of the network.
  public let isECNCapable: Bool
  public private(set) var counters = Counters()

  /// Opens a socket; `[::]` takes IPv4 too.
  ///
  /// - Parameters:
  ///   - address: the local address; port 0 lets the system choose.
  ///   - tellsArrival: whether ``ReceiveBatch/forEachArrival(_:)`` shall know when datagrams arrived.
  ///   - ecn: what the network is told of what is sent; whoever asks for marks must react to them (RFC 9331 §4).
  ///   - tellsECN: whether ``ReceiveBatch/forEachArrival(_:)`` shall know how the network marked datagrams.
  /// - Throws: ``SocketError`` whose sentence says what to do, for instance about a port in use.
  public init(
    bindingTo address: SocketAddress,
    tellsArrival: Bool = false,
    ecn: ECNMark = .notCapable,
    tellsECN: Bool = false
  ) throws(SocketError) {
    let family = address.isIPv4 ? AF_INET : AF_INET6
    let raw = shim_udp_socket(family)
    guard raw >= 0 else { throw SocketError(.open, code: errno) }
    let descriptor = FileDescriptor(raw)
    if family == AF_INET6 {
      var off: Int32 = 0
      let byteCount = socklen_t(MemoryLayout<Int32>.size)
      guard setsockopt(raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, byteCount) == 0 else {
        throw SocketError(.configure, code: errno)
      }
    }
    Self.enlarge(raw, forced: SO_RCVBUFFORCE, ordinary: SO_RCVBUF)
    Self.enlarge(raw, forced: SO_SNDBUFFORCE, ordinary: SO_SNDBUF)
    let joins = shim_enable_gro(raw) == 1
    if tellsArrival { _ = shim_enable_arrival_times(raw) }
    // Without them nothing is marked, or nothing is known of marks: both are how it was before there was ECN.
    if tellsECN { _ = shim_enable_ecn(raw, family) }
    let isECNCapable = ecn != .notCapable && shim_set_ecn(raw, family, Int32(ecn.rawValue)) == 1

    var storage = sockaddr_storage()
    var byteCount = address.write(to: &storage, family: family)
    let bound = withUnsafePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(raw, $0, byteCount) }
    }
    guard bound == 0 else { throw SocketError(.bind, code: errno, subject: "\(address)") }
    byteCount = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let named = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(raw, $0, &byteCount) }
    }
    guard named == 0, let local = SocketAddress(storage) else { throw SocketError(.bind, code: errno) }

    self.family = family
    self.localAddress = local
    self.joinsReceived = joins
    self.isECNCapable = isECNCapable
    self.descriptor = descriptor
  }

  /// For a ``PollSet``; owned by the socket.
  public var fileDescriptor: Int32 { self.descriptor.rawValue }

  /// Takes what has arrived, without waiting.
  ///
  /// Call again while ``ReceiveBatch/isFull``.
  ///
  /// - Throws: ``SocketError`` only where the socket itself is unusable.
  /// - Complexity: one system call; allocates nothing.
  public mutating func receive(into batch: inout ReceiveBatch) throws(SocketError) {
    guard batch.fill(from: self.fileDescriptor) < 0 else { return }
    switch errno {
    case EAGAIN: return
    case EBADF, ENOTSOCK, EFAULT, EINVAL: throw SocketError(.receive, code: errno)
    default: self.counters.receiveErrors += 1
    }
  }

  /// Sends the batch and empties it.
  ///
  /// Waits a few milliseconds at most for room; then drops and counts what is left. Nothing that a peer or the path does
  /// makes this fail.
  ///
  /// - Complexity: one system call for 32 messages of up to 64 datagrams each; allocates nothing.
  public mutating func send(_ batch: inout SendBatch) {
    var index = 0
    while index < batch.messageCount {
      let count = min(batch.messageCount - index, Int(SHIM_BATCH_CAPACITY))
      let sent = self.sendRun(of: count, at: index, in: batch)
      index += sent
    }
    batch.removeAll()
  }

  /// Sends up to `count` messages from `index` on, and returns how many are dealt with, at least 1.
  private mutating func sendRun(of count: Int, at index: Int, in batch: borrowing SendBatch) -> Int {
    var count = count
    let first = batch.messages + index
    for offset in 0..<count {
      let destination = batch.destinations[index + offset]
      guard destination.isIPv4 || self.family == AF_INET6, self.segments || Self.datagramCount(first + offset) == 1
      else {
        count = offset
        break
      }
      first[offset].addressByteCount = destination.write(to: &first[offset].address, family: self.family)
    }
    guard count > 0 else {
      self.sendSingly(first, to: batch.destinations[index])
      return 1
    }
    let sent = Int(shim_sendmmsg(self.fileDescriptor, first, UInt32(count)))
    if sent > 0 {
      for offset in 0..<sent { self.counters.sent += Self.datagramCount(first + offset) }
      return sent
    }
    let code = errno
    if code == EAGAIN || code == ENOBUFS {
      if self.waitForRoom() { return self.sendRun(of: 1, retrying: first) }
      self.counters.droppedWhileFull += Self.datagramCount(first)
      return 1
    }
    if Self.datagramCount(first) > 1 {
      // EIO is how a device without checksum offload refuses; the others are kernels without the option.
      if code == EIO || code == EOPNOTSUPP || code == ENOPROTOOPT { self.segments = false }
      if !self.segments || code == EINVAL || code == EMSGSIZE {
        self.sendSingly(first, to: batch.destinations[index])
        return 1
      }
    }
    self.counters.refused += Self.datagramCount(first)
    return 1
  }

  /// Sends one message once the socket has room again, or drops it.
  private mutating func sendRun(of count: Int, retrying message: UnsafeMutablePointer<shim_datagram>) -> Int {
    if shim_sendmmsg(self.fileDescriptor, message, 1) == 1 {
      self.counters.sent += Self.datagramCount(message)
    } else {
      self.counters.droppedWhileFull += Self.datagramCount(message)
    }
    return count
  }

  /// Sends one message's datagrams without the kernel's segmentation.
  private mutating func sendSingly(_ message: UnsafeMutablePointer<shim_datagram>, to destination: SocketAddress) {
    let count = Self.datagramCount(message)
    guard destination.isIPv4 || self.family == AF_INET6, let base = message.pointee.base else {
      self.counters.refused += count
      return
    }
    if count > 1 { self.counters.unsegmented += 1 }
    var single = shim_datagram()
    single.ecn = message.pointee.ecn
    single.addressByteCount = destination.write(to: &single.address, family: self.family)
    var offset = 0
    while offset < message.pointee.byteCount {
      single.base = base + offset
      single.byteCount = min(message.pointee.segmentByteCount, message.pointee.byteCount - offset)
      offset += single.byteCount
      var sent = shim_sendmmsg(self.fileDescriptor, &single, 1)
      if sent < 0, errno == EAGAIN || errno == ENOBUFS {
        guard self.waitForRoom() else {
          self.counters.droppedWhileFull += 1
          continue
        }
        sent = shim_sendmmsg(self.fileDescriptor, &single, 1)
      }
      if sent == 1 { self.counters.sent += 1 } else { self.counters.refused += 1 }
    }
  }

  private static func datagramCount(_ message: UnsafeMutablePointer<shim_datagram>) -> Int {
    let segment = max(1, message.pointee.segmentByteCount)
    return (message.pointee.byteCount + segment - 1) / segment
  }

  private func waitForRoom() -> Bool {
    var poll = pollfd(fd: self.fileDescriptor, events: Int16(POLLOUT), revents: 0)
    return shim_ppoll(&poll, 1, Self.longestWait.wholeNanoseconds) == 1
  }

  /// Asks for a large buffer: beyond the system's limit where privileges allow, else up to it.
  private static func enlarge(_ descriptor: Int32, forced: Int32, ordinary: Int32) {
    var wanted = Self.bufferByteCount
    let byteCount = socklen_t(MemoryLayout<Int32>.size)
    if setsockopt(descriptor, SOL_SOCKET, forced, &wanted, byteCount) != 0 {
      // A smaller buffer costs datagrams under load, which the counters show; it is no reason not to start.
      _ = setsockopt(descriptor, SOL_SOCKET, ordinary, &wanted, byteCount)
    }
  }
}
