import Foundation
import Glibc

/// A UDP socket on the loopback interface.
final class UDPPort: Sendable {
  let descriptor: Int32
  let port: UInt16

  /// - Parameter port: what to send to and receive from, or `nil` for anybody.
  init(connectedTo port: UInt16? = nil) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw POSIXError(.EIO) }
    self.descriptor = descriptor
    var size: Int32 = 4 << 20
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    var local = Self.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = Self.withAddress(&local) { bind(descriptor, $0, length) } == 0
    guard isBound, Self.withAddress(&local, { getsockname(descriptor, $0, &length) }) == 0 else {
      close(descriptor)
      throw POSIXError(.EADDRNOTAVAIL)
    }
    self.port = UInt16(bigEndian: local.sin_port)
    guard let port else { return }
    var remote = Self.loopback(port)
    _ = Self.withAddress(&remote) { connect(descriptor, $0, length) }
  }

  deinit {
    close(self.descriptor)
  }

  static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  static func withAddress<Result>(
    _ address: inout sockaddr_in,
    _ body: (UnsafeMutablePointer<sockaddr>) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
  }

  /// Sends to whom the socket is connected to.
  func send(_ bytes: [UInt8]) {
    _ = Glibc.send(self.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  func send(_ bytes: [UInt8], to port: UInt16) {
    var address = Self.loopback(port)
    _ = Self.withAddress(&address) {
      sendto(self.descriptor, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }

  /// Takes one datagram that is there.
  ///
  /// - Returns: `nil` if there is none; otherwise the datagram and the port that it came from.
  func receive() -> (bytes: [UInt8], port: UInt16)? {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = Self.withAddress(&address) { pointer in
      recvfrom(self.descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT), pointer, &length)
    }
    guard count >= 0 else { return nil }
    return (Array(buffer[..<count]), UInt16(bigEndian: address.sin_port))
  }
}
