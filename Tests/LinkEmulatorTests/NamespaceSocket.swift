import DatagramIO
import Glibc
import Testing

/// A blocking socket in a network namespace. No wait takes longer than ten seconds.
final class NamespaceSocket: Sendable {
  enum Kind: Sendable {
    case datagram
    case stream
  }

  enum Failure: Error {
    case refused(String, code: Int32)
  }

  let descriptor: Int32

  /// - Parameters:
  ///   - local: where it is bound.
  ///   - remote: where it is connected to, once the other end listens.
  init(
    _ kind: Kind,
    in namespace: NetworkNamespace,
    boundTo local: SocketAddress? = nil,
    connectedTo remote: SocketAddress? = nil
  ) throws {
    self.descriptor = try namespace.run { () -> Result<Int32, Failure> in
      let type = Int32((kind == .datagram ? SOCK_DGRAM : SOCK_STREAM).rawValue)
      let isIPv4 = (local ?? remote)?.isIPv4 ?? true
      let descriptor = socket(isIPv4 ? AF_INET : AF_INET6, type, 0)
      guard descriptor >= 0 else { return .failure(.refused("socket", code: errno)) }
      var limit = timeval(tv_sec: 10, tv_usec: 0)
      let byteCount = socklen_t(MemoryLayout<timeval>.size)
      _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, byteCount)
      _ = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, byteCount)
      if let local, Self.with(local, { Glibc.bind(descriptor, $0, $1) }) != 0 {
        return .failure(.refused("bind", code: errno))
      }
      if let remote, Self.with(remote, { Glibc.connect(descriptor, $0, $1) }) != 0 {
        return .failure(.refused("connect", code: errno))
      }
      return .success(descriptor)
    }.get()
  }

  private init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    close(self.descriptor)
  }

  func listen() {
    #expect(Glibc.listen(self.descriptor, 1) == 0)
  }

  /// Waits for a connection; `nil` if none came.
  func accept() -> NamespaceSocket? {
    let descriptor = Glibc.accept(self.descriptor, nil, nil)
    return descriptor < 0 ? nil : NamespaceSocket(descriptor: descriptor)
  }

  /// Sends all; `false` if the other end took too long or is gone.
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Waits for one datagram, or some of a stream; empty where the other end has ended or took too long.
  func receive(limit: Duration = .seconds(10)) -> [UInt8] {
    var room = [UInt8](repeating: 0, count: 65_536)
    var poll = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
    guard Glibc.poll(&poll, 1, Int32(limit.components.seconds * 1000)) == 1 else { return [] }
    let count = recv(self.descriptor, &room, room.count, 0)
    return Array(room.prefix(max(0, count)))
  }

  /// Sends each datagram back to where it came from, until there has been none for ten seconds or one that is empty.
  func echo() {
    var room = [UInt8](repeating: 0, count: 65_536)
    let source = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 8)
    defer { source.deallocate() }
    let address = source.bindMemory(to: sockaddr.self, capacity: 1)
    while true {
      var byteCount: socklen_t = 128
      let count = recvfrom(self.descriptor, &room, room.count, 0, address, &byteCount)
      guard count > 0, sendto(self.descriptor, room, count, 0, address, byteCount) == count else { return }
    }
  }

  private static func with(_ address: SocketAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    var results: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address.host, "\(address.port)", &hints, &results) == 0, let results else { return -1 }
    defer { freeaddrinfo(results) }
    return body(results.pointee.ai_addr, results.pointee.ai_addrlen)
  }
}
