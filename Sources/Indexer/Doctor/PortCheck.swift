import Glibc

/// Whether a server could listen at an address.
enum PortCheck {
  enum Answer: Hashable {
    case free
    case taken
    case unusable(String)
  }

  /// Listens there for a moment.
  static func bind(host: String, port: Int) -> Answer {
    guard (0...65_535).contains(port) else { return .unusable("there is no port \(port)") }
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard code == 0, let address = list?.pointee else {
      return .unusable(code == 0 ? "no such address" : String(cString: gai_strerror(code)))
    }
    let descriptor = socket(address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return .unusable(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    // As servers do: connections of a former one that are still closing are no hindrance.
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard Glibc.bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, listen(descriptor, 1) == 0 else {
      return errno == EADDRINUSE ? .taken : .unusable(String(cString: strerror(errno)))
    }
    return .free
  }
}
