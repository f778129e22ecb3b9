internal import Glibc

/// A call on a socket, a name or a descriptor that the system refused.
public struct SocketError: Error, Hashable, Sendable {
  /// What was being attempted.
  public enum Operation: String, Hashable, Sendable {
    case resolve
    case open
    case bind
    case configure
    case wait
    case receive
    /// A network namespace.
    case enter
    /// A network device of our own.
    case makeDevice
  }

  public var operation: Operation
  /// The system's error number; 0 where the name resolver failed for a reason of its own.
  public var code: Int32
  /// What went wrong, as a sentence that a person can act on.
  public var sentence: String

  /// Whether what was to be made has the name of something that is there.
  public var isNameTaken: Bool { self.code == EBUSY }

  init(_ operation: Operation, code: Int32, subject: String = "the socket") {
    self.operation = operation
    self.code = code
    let reason = String(cString: strerror(code))
    self.sentence =
      switch (operation, code) {
      case (.bind, EADDRINUSE):
        "UDP port of \(subject) is already in use; stop the other program or choose another port."
      case (.bind, EADDRNOTAVAIL): "\(subject) is not an address of this machine."
      case (.bind, EACCES): "No permission to use \(subject); ports below 1024 need privileges."
      case (.enter, EPERM), (.enter, EACCES), (.makeDevice, EPERM), (.makeDevice, EACCES):
        "Making or entering \(subject) takes the rights of root (CAP_SYS_ADMIN, CAP_NET_ADMIN); try it with sudo."
      case (.makeDevice, ENOENT), (.makeDevice, ENXIO), (.makeDevice, ENODEV):
        "This system has no /dev/net/tun: load its module with “modprobe tun”, or give the container that device."
      case (.makeDevice, EBUSY): "There is \(subject) already."
      case (.makeDevice, _): "Could not make \(subject): \(reason)."
      default: "Could not \(operation.rawValue) \(subject): \(reason)."
      }
  }

  init(resolving host: String, reason: String) {
    self.operation = .resolve
    self.code = 0
    self.sentence = "Could not find the address of “\(host)”: \(reason)."
  }
}

extension SocketError: CustomStringConvertible {
  public var description: String { self.sentence }
}
