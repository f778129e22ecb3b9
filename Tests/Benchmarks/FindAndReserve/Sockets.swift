import Glibc

/// What keeps a benchmark from being run.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A connected stream socket at a path in the file system.
func connectedSocket(path: String) throws(BenchmarkFailure) -> Int32 {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { bytes in
    bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1))
  }
  let status = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  guard status == 0 else { throw BenchmarkFailure("cannot connect to \(path): errno \(errno)") }
  return descriptor
}

func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(BenchmarkFailure) {
  var written = 0
  while written < bytes.count {
    let count = bytes[written...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard count > 0 else { throw BenchmarkFailure("cannot write: errno \(errno)") }
    written += count
  }
}

/// Waits for bytes and appends them.
func readSome(_ descriptor: Int32, into bytes: inout [UInt8]) throws(BenchmarkFailure) {
  let start = bytes.count
  bytes.append(contentsOf: repeatElement(0, count: 1 << 16))
  let count = bytes[start...].withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
  bytes.removeLast((1 << 16) - max(0, count))
  guard count > 0 else { throw BenchmarkFailure("the connection ended: errno \(errno)") }
}
