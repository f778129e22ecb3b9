internal import CLinux
internal import Glibc
internal import Synchronization

/// One of the machine's network namespaces: devices, addresses and ports of its own.
///
/// The name of one that was made here is a link to this process's descriptor of it. However the process ends, the
/// namespace ends with it, and with all that is open in there; what a killed process leaves is a link to nothing, which
/// the next one replaces.
public final class NetworkNamespace: Sendable {
  /// Where names are kept, as ip-netns(8) does.
  private static let folder = "/run/netns"

  /// As `ip netns` knows it; `nil` for the one that this process is in.
  public let name: String?
  private let descriptor: FileDescriptor
  /// Whether the name is a link to our descriptor.
  private let isOurs: Bool

  /// The namespace that this process is in.
  ///
  /// - Throws: ``SocketError`` where the process has no descriptor left.
  public init() throws(SocketError) {
    let descriptor = shim_open_network("/proc/self/ns/net")
    guard descriptor >= 0 else { throw SocketError(.enter, code: -descriptor, subject: "this network") }
    self.name = nil
    self.descriptor = FileDescriptor(descriptor)
    self.isOurs = false
  }

  /// The namespace of this name, which is made if there is none, and then lasts until ``remove()``.
  ///
  /// - Parameter name: see ``isName(_:)``.
  /// - Throws: ``SocketError`` if there is none and it cannot be made, as without privileges.
  public init(named name: String) throws(SocketError) {
    precondition(Self.isName(name), "a namespace's name is a file's")
    let path = Self.path(name)
    let present = shim_open_network(path)
    let descriptor = present >= 0 ? present : Self.make(path, unless: -present)
    guard descriptor >= 0 else {
      throw SocketError(.enter, code: -descriptor, subject: "the network namespace \(name)")
    }
    self.name = name
    self.descriptor = FileDescriptor(descriptor)
    self.isOurs = present < 0
  }

  /// Makes a namespace and a link to it.
  ///
  /// - Parameter obstacle: the system's error number of opening what is at `path`.
  /// - Returns: its descriptor, or a negative error number.
  private static func make(_ path: String, unless obstacle: Int32) -> Int32 {
    // A link to nothing, or to something else by now, is of a process that was killed.
    let isStale = [ENOENT, EINVAL, ENXIO].contains(obstacle) && Self.target(of: path).map(Self.isLink) ?? false
    guard obstacle == ENOENT || isStale else { return -obstacle }
    let descriptor = Self.runThread {
      let descriptor = shim_make_network()
      // Without it nothing in there could talk to itself.
      if descriptor >= 0 { _ = shim_start_device("lo", 0) }
      return descriptor
    }
    guard descriptor >= 0 else { return descriptor }
    if isStale { unlink(path) }
    mkdir(Self.folder, 0o755)
    guard symlink(Self.link(to: descriptor), path) == 0 else {
      let code = errno
      close(descriptor)
      return -code
    }
    return descriptor
  }

  private static func path(_ name: String) -> String { "\(Self.folder)/\(name)" }

  /// Whoever has the rights opens the namespace itself by it.
  private static func link(to descriptor: Int32) -> String { "/proc/\(getpid())/fd/\(descriptor)" }

  /// Whether a link's target is such a one, of whatever process.
  private static func isLink(_ target: String) -> Bool {
    let parts = target.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 5 && parts[0].isEmpty && parts[1] == "proc" && Int32(parts[2]) != nil && parts[3] == "fd"
      && Int32(parts[4]) != nil
  }

  /// Where a link leads to; `nil` if it is none.
  private static func target(of path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: 256)
    let count = readlink(path, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    self.remove()
  }

  /// Whether `text` can name a namespace: 1 to 64 letters, digits, dots, hyphens and underscores, with no dot first.
  public static func isName(_ text: String) -> Bool {
    let bytes = text.utf8
    return 1...64 ~= bytes.count && bytes.first != UInt8(ascii: ".")
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
      }
  }

  /// Runs `body` on a thread that is in the namespace. What it opens there stays there, whoever uses it.
  ///
  /// - Throws: ``SocketError`` where the namespace may not be entered.
  public func run<Success: Sendable>(_ body: @escaping @Sendable () -> Success) throws(SocketError) -> Success {
    let descriptor = self.descriptor.rawValue
    let isHere = self.name == nil
    let result = Self.runThread { () -> (Int32, Success?) in
      let status = isHere ? 0 : shim_enter_network(descriptor)
      return (status, status < 0 ? nil : body())
    }
    guard let success = result.1 else {
      throw SocketError(.enter, code: -result.0, subject: "the network namespace \(self.name ?? "")")
    }
    return success
  }

  /// Takes the name away if it was made here; what is still open in there keeps the namespace alive until it closes.
  public func remove() {
    guard self.isOurs, let name = self.name else { return }
    let path = Self.path(name)
    // Someone may have taken the name since.
    if Self.target(of: path) == Self.link(to: self.descriptor.rawValue) { unlink(path) }
  }

  /// A thread that changes its namespace cannot be lent to others afterwards, so each has its own.
  private static func runThread<Success: Sendable>(_ body: @escaping @Sendable () -> Success) -> Success {
    let slot = Slot<Success>()
    MediaThread.start(name: "netns") {
      let value = body()
      slot.value.withLock { $0 = value }
    }.join()
    guard let value = slot.value.withLock({ $0 }) else { preconditionFailure("the thread has ended") }
    return value
  }

  private final class Slot<Success: Sendable>: Sendable {
    let value = Mutex<Success?>(nil)
  }
}
