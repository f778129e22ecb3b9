internal import CLinux
internal import Glibc

extension SocketAddress {
  /// The address that this machine would send from to reach `destination`: it changes when the machine is moved to
  /// another network. Nothing is sent.
  ///
  /// - Returns: `nil` where there is no way.
  public static func local(towards destination: SocketAddress) -> SocketAddress? {
    let family = destination.isIPv4 ? AF_INET : AF_INET6
    let raw = shim_udp_socket(family)
    guard raw >= 0 else { return nil }
    let descriptor = FileDescriptor(raw)
    var storage = sockaddr_storage()
    var byteCount = destination.write(to: &storage, family: family)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard connect(descriptor.rawValue, address, byteCount) == 0 else { return nil }
        byteCount = socklen_t(MemoryLayout<sockaddr_storage>.size)
        guard getsockname(descriptor.rawValue, address, &byteCount) == 0 else { return nil }
        return SocketAddress(pointer.pointee)
      }
    }
  }
}
