internal import CLinux
internal import Glibc

/// Finds out that nobody listens at a UDP port any more of a machine that still runs: its system says so.
///
/// A silent peer may be slow or out of reach; one whose port is closed is gone. Owned by one thread.
public struct PortCheck: ~Copyable {
  private let descriptor: FileDescriptor
  /// Knocks that the peer's system answered with "port unreachable".
  public private(set) var refusalCount = 0

  /// - Throws: ``SocketError`` when there is no socket to be had or no way to the address.
  public init(_ address: SocketAddress) throws(SocketError) {
    let family = address.isIPv4 ? AF_INET : AF_INET6
    let raw = shim_udp_socket(family)
    guard raw >= 0 else { throw SocketError(.open, code: errno) }
    let descriptor = FileDescriptor(raw)
    var storage = sockaddr_storage()
    let byteCount = address.write(to: &storage, family: family)
    // Only a connected socket hears what became of its datagrams.
    let status = withUnsafePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(raw, $0, byteCount) }
    }
    guard status == 0 else { throw SocketError(.configure, code: errno, subject: "\(address)") }
    self.descriptor = descriptor
  }

  /// Notes what became of the last knock, and knocks once more: with one zero byte, which says nothing in any protocol.
  public mutating func knock() {
    var byte: UInt8 = 0
    if recv(self.descriptor.rawValue, &byte, 0, Int32(MSG_DONTWAIT)) < 0, errno == ECONNREFUSED {
      self.refusalCount += 1
    }
    if send(self.descriptor.rawValue, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)) < 0,
      errno == ECONNREFUSED
    {
      self.refusalCount += 1
    }
  }
}
