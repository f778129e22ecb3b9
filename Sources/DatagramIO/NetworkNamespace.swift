internal import CLinux
internal import Glibc
internal import Synchronization

/// One of the machine's network namespaces: devices, addresses and ports of its own.
public final class NetworkNamespace: Sendable {
  /// Where names are kept, as ip-netns(8) does.
  private static let folder = "/run/netns"

  /// As `ip netns` knows it; `nil` for the one that this process is in.
  public let name: String?
  private let descriptor: FileDescriptor
  /// Whether the name is to be taken away at the end.
  private let isOurs: Atomic<Bool>

  /// The namespace that this process is in.
  ///
  /// - Throws: ``SocketError`` where the process has no descriptor left.
  public convenience init() throws(SocketError) {
    try self.init(name: nil, path: "/proc/self/ns/net", isOurs: false)
  }

  /// The namespace of this name, which is made if there is none, and then lasts until ``remove()``.
  ///
  /// - Parameter name: see ``isName(_:)``.
  /// - Throws: ``SocketError`` if there is none and it cannot be made, as without privileges.
  public convenience init(named name: String) throws(SocketError) {
    precondition(Self.isName(name), "a namespace's name is a file's")
    let path = "\(Self.folder)/\(name)"
    let isMissing = access(path, F_OK) != 0
    if isMissing {
      let status = Self.runThread {
        let status = shim_unshare_network()
        guard status >= 0 else { return status }
        // Without it nothing in there could talk to itself.
        _ = shim_start_device("lo", 0)
        return shim_name_network(Self.folder, path)
      }
      guard status >= 0 else { throw SocketError(.enter, code: -status, subject: "the network namespace \(name)") }
    }
    do {
      try self.init(name: name, path: path, isOurs: isMissing)
    } catch {
      if isMissing { _ = shim_unname_network(path) }
      throw error
    }
  }

  private init(name: String?, path: String, isOurs: Bool) throws(SocketError) {
    let raw = open(path, O_RDONLY | O_CLOEXEC)
    guard raw >= 0 else {
      throw SocketError(.enter, code: errno, subject: name.map { "the network namespace \($0)" } ?? "this network")
    }
    self.name = name
    self.descriptor = FileDescriptor(raw)
    self.isOurs = Atomic(isOurs)
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
    guard self.isOurs.exchange(false, ordering: .acquiringAndReleasing), let name = self.name else { return }
    _ = shim_unname_network("\(Self.folder)/\(name)")
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
