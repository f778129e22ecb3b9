import ArgumentParser
import DatagramIO

/// Where to listen, as a person writes it; whether there is such an address on this machine is found out later.
struct ListenAddress: CustomStringConvertible {
  /// A name, an IPv4 address, or an IPv6 address without brackets.
  let host: String
  let port: UInt16

  init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// - Throws: `ValidationError` unless `text` is `address:port` or `[ipv6]:port`.
  init(_ text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let host = parts.dropLast().joined(separator: ":")
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    let name = isBracketed ? String(host.dropFirst().dropLast()) : host
    guard parts.count >= 2, let last = parts.last, last.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let port = UInt16(last),
      !name.isEmpty, isBracketed || parts.count == 2
    else {
      throw ValidationError("write ADDRESS:PORT or [IPV6]:PORT, with a port of 0 to 65535; 0 is any free one")
    }
    self.init(host: name, port: port)
  }

  var description: String {
    self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
  }

  /// - Throws: ``CommandFailure`` if there is no such address.
  func resolved() throws -> SocketAddress {
    do {
      return try SocketAddress(host: self.host, port: self.port)
    } catch {
      throw CommandFailure(.ioError, "cannot listen on \(self): \(error); choose another with --listen")
    }
  }
}
