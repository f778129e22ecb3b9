internal import CLinux
internal import Glibc

/// A network device whose packets this process takes and gives (TUN). Ends when it goes out of scope.
///
/// Owned by one thread.
public struct TunnelDevice: ~Copyable {
  /// Packets that the system keeps for us; a millisecond of 10 Gbit/s, or 50 of 1 Gbit/s.
  private static let queueLength: Int32 = 4096
  /// A packet of the network that is longer is not made by a device of the usual 1,500 bytes.
  public static let maximumPacketByteCount = 65_536

  /// At most 15 bytes.
  public let name: String
  /// Whether it has its IPv6 address, too: not where the system has IPv6 turned off.
  public let hasIPv6: Bool
  private let descriptor: FileDescriptor

  /// Makes the device, gives it addresses, and sets it up.
  ///
  /// - Parameters:
  ///   - name: 1 to 15 bytes, of no other device in the namespace.
  ///   - ends: its addresses; their ports do not matter.
  ///   - namespace: where it is.
  /// - Throws: ``SocketError`` whose code is `EBUSY` where the name is taken.
  public init(name: String, addresses: TunnelAddresses, in namespace: NetworkNamespace) throws(SocketError) {
    let result = try namespace.run { () -> (descriptor: Int32, hasIPv6: Bool) in
      let descriptor = shim_open_tun(name)
      guard descriptor >= 0 else { return (descriptor, false) }
      var status = shim_add_ipv4(name, addresses.ipv4.ipv4NetworkOrder, TunnelAddresses.ipv4Prefix)
      var octets = addresses.ipv6.octets
      octets = (octets.high.bigEndian, octets.low.bigEndian)
      let hasIPv6 = withUnsafeBytes(of: &octets) {
        shim_add_ipv6(name, $0.bindMemory(to: UInt8.self).baseAddress, TunnelAddresses.ipv6Prefix) >= 0
      }
      if status >= 0 { status = shim_start_device(name, Self.queueLength) }
      if status < 0 {
        close(descriptor)
        return (status, false)
      }
      return (descriptor, hasIPv6 && Self.waitUntilUsable(addresses.ipv6))
    }
    guard result.descriptor >= 0 else {
      throw SocketError(.makeDevice, code: -result.descriptor, subject: "the network device \(name)")
    }
    self.name = name
    self.hasIPv6 = result.hasIPv6
    self.descriptor = FileDescriptor(result.descriptor)
  }

  /// The kernel takes an IPv6 address into use a moment after its device is up, even where it has no neighbours to ask.
  ///
  /// - Returns: whether it did within a second.
  private static func waitUntilUsable(_ address: SocketAddress) -> Bool {
    for _ in 0..<200 {
      if (try? UDPSocket(bindingTo: address)) != nil { return true }
      usleep(5000)
    }
    return false
  }

  /// For a ``PollSet``; owned by the device.
  public var fileDescriptor: Int32 { self.descriptor.rawValue }

  /// Takes the next packet that the system sends through the device, without waiting.
  ///
  /// - Returns: its size, or `nil` while there is none.
  /// - Throws: ``SocketError`` where the device is gone or was set down.
  public mutating func receive(into room: inout [UInt8]) throws(SocketError) -> Int? {
    let descriptor = self.fileDescriptor
    let count = room.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    guard count < 0 else { return count }
    let code = errno
    guard code == EAGAIN || code == EINTR else {
      throw SocketError(.receive, code: code, subject: "from the network device \(self.name)")
    }
    return nil
  }

  /// Gives the system a packet as one that the device received.
  ///
  /// - Returns: `false` if it was not taken.
  public mutating func send(_ packet: UnsafeRawBufferPointer) -> Bool {
    write(self.fileDescriptor, packet.baseAddress, packet.count) == packet.count
  }
}
