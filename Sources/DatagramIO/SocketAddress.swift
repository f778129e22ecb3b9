internal import CLinux
internal import Glibc

/// An IPv4 or IPv6 address with a UDP port, held inline.
///
/// An IPv4 address that arrived on a dual-stack socket (`::ffff:a.b.c.d`) is kept as the IPv4 address it stands for, so
/// that one peer has one value whichever socket it is seen through.
public struct SocketAddress: Hashable, Sendable {
  /// The address in network order: IPv4 as its IPv4-mapped IPv6 form.
  let high: UInt64
  let low: UInt64
  /// The interface of a link-local IPv6 address; 0 otherwise.
  let scope: UInt32
  /// In host order.
  public let port: UInt16
  /// Whether this is an IPv4 address.
  public let isIPv4: Bool

  private static let mappedPrefix: UInt64 = 0x0000_FFFF

  init(ipv4: UInt32, port: UInt16) {
    self.high = 0
    self.low = Self.mappedPrefix << 32 | UInt64(ipv4)
    self.scope = 0
    self.port = port
    self.isIPv4 = true
  }

  init(high: UInt64, low: UInt64, scope: UInt32, port: UInt16) {
    self.high = high
    self.low = low
    self.isIPv4 = high == 0 && low >> 32 == Self.mappedPrefix
    self.scope = self.isIPv4 ? 0 : scope
    self.port = port
  }

  /// Any IPv6 address, and through a dual-stack socket any IPv4 address too.
  public static func any(port: UInt16) -> SocketAddress {
    SocketAddress(high: 0, low: 0, scope: 0, port: port)
  }

  /// An IPv4 address as system calls take it; 0 for IPv6.
  var ipv4NetworkOrder: UInt32 { self.isIPv4 ? UInt32(truncatingIfNeeded: self.low).bigEndian : 0 }

  /// The address's 16 octets as two integers of network order (IPv4 in mapped form), without the port.
  public var octets: (high: UInt64, low: UInt64) { (self.high, self.low) }

  /// Looks up a name, or reads a numeric address.
  ///
  /// Blocks while the system's resolver works. Where a name has several addresses, the system's first is taken.
  ///
  /// - Parameters:
  ///   - host: a name, an IPv4 address, or an IPv6 address without brackets.
  ///   - port: 0 ... 65535; 0 lets the system choose when it is bound.
  /// - Throws: ``SocketError`` if the name has no address.
  public init(host: String, port: UInt16) throws(SocketError) {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var results: UnsafeMutablePointer<addrinfo>?
    var status = getaddrinfo(host, nil, &hints, &results)
    if status != 0 {
      // AI_ADDRCONFIG hides loopback addresses on a machine with no other of that family.
      hints.ai_flags = 0
      status = getaddrinfo(host, nil, &hints, &results)
    }
    guard status == 0, let results, let address = results.pointee.ai_addr else {
      throw SocketError(resolving: host, reason: String(cString: gai_strerror(status)))
    }
    defer { freeaddrinfo(results) }
    var storage = sockaddr_storage()
    let byteCount = Int(results.pointee.ai_addrlen)
    withUnsafeMutableBytes(of: &storage) { bytes in
      bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: min(byteCount, bytes.count)))
    }
    guard let resolved = SocketAddress(storage) else {
      throw SocketError(resolving: host, reason: "it is neither an IPv4 nor an IPv6 address")
    }
    self = resolved.with(port: port)
  }

  /// Reads `host:port` or `[ipv6]:port`; names are looked up.
  ///
  /// - Throws: ``SocketError`` if there is no port, or the host has no address.
  public init(parsing text: String) throws(SocketError) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw SocketError(resolving: text, reason: "it should be HOST:PORT, such as 0.0.0.0:7777 or [::]:7777")
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw SocketError(resolving: text, reason: "an IPv6 address needs brackets, such as [::1]:7777")
    }
    try self.init(host: String(host), port: port)
  }

  /// The same address with another port.
  public func with(port: UInt16) -> SocketAddress {
    SocketAddress(high: self.high, low: self.low, scope: self.scope, port: port)
  }
}

extension SocketAddress: CustomStringConvertible {
  /// `127.0.0.1:7777` or `[::1]:7777`.
  public var description: String {
    self.isIPv4 ? "\(self.host):\(self.port)" : "[\(self.host)]:\(self.port)"
  }

  /// Whether this stands for every address of the machine.
  public var isAny: Bool {
    self.isIPv4 ? UInt32(truncatingIfNeeded: self.low) == 0 : self.high == 0 && self.low == 0
  }

  /// The address without its port: "127.0.0.1", "::1", "fe80::1%2".
  public var host: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    if self.isIPv4 {
      var address = in_addr(s_addr: UInt32(truncatingIfNeeded: self.low).bigEndian)
      inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
    } else {
      var octets = (self.high.bigEndian, self.low.bigEndian)
      inet_ntop(AF_INET6, &octets, &text, socklen_t(text.count))
    }
    let host = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return self.isIPv4 || self.scope == 0 ? host : "\(host)%\(self.scope)"
  }
}

extension SocketAddress {
  /// `nil` for families other than IPv4 and IPv6.
  init?(_ storage: borrowing sockaddr_storage) {
    let copy = copy storage
    let address = withUnsafeBytes(of: copy) { bytes -> SocketAddress? in
      switch Int32(bytes.load(as: sa_family_t.self)) {
      case AF_INET:
        let inet = bytes.load(as: sockaddr_in.self)
        return SocketAddress(ipv4: UInt32(bigEndian: inet.sin_addr.s_addr), port: UInt16(bigEndian: inet.sin_port))
      case AF_INET6:
        let inet = bytes.load(as: sockaddr_in6.self)
        let (high, low) = withUnsafeBytes(of: inet.sin6_addr) {
          ($0.load(as: UInt64.self), $0.load(fromByteOffset: 8, as: UInt64.self))
        }
        return SocketAddress(
          high: UInt64(bigEndian: high),
          low: UInt64(bigEndian: low),
          scope: inet.sin6_scope_id,
          port: UInt16(bigEndian: inet.sin6_port)
        )
      default:
        return nil
      }
    }
    guard let address else { return nil }
    self = address
  }

  /// Writes the form that a socket of `family` takes.
  ///
  /// - Returns: the byte count of what was written.
  func write(to storage: inout sockaddr_storage, family: Int32) -> socklen_t {
    withUnsafeMutableBytes(of: &storage) { bytes in
      if family == AF_INET {
        var inet = sockaddr_in()
        inet.sin_family = sa_family_t(AF_INET)
        inet.sin_port = self.port.bigEndian
        inet.sin_addr.s_addr = UInt32(truncatingIfNeeded: self.low).bigEndian
        bytes.storeBytes(of: inet, as: sockaddr_in.self)
        return socklen_t(MemoryLayout<sockaddr_in>.size)
      }
      var inet = sockaddr_in6()
      inet.sin6_family = sa_family_t(AF_INET6)
      inet.sin6_port = self.port.bigEndian
      inet.sin6_scope_id = self.scope
      withUnsafeMutableBytes(of: &inet.sin6_addr) {
        $0.storeBytes(of: self.high.bigEndian, as: UInt64.self)
        $0.storeBytes(of: self.low.bigEndian, toByteOffset: 8, as: UInt64.self)
      }
      bytes.storeBytes(of: inet, as: sockaddr_in6.self)
      return socklen_t(MemoryLayout<sockaddr_in6>.size)
    }
  }
}
