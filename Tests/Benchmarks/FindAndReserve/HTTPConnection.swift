import Glibc
import Identity
import IndexAPI

/// One kept-alive HTTP/1.1 connection that signs what it sends.
struct HTTPConnection {
  struct Answer {
    var status: Int
    var body: [UInt8]
  }

  private let descriptor: Int32
  private var received: [UInt8] = []

  init(host: String, port: UInt16) throws(BenchmarkFailure) {
    self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr(host)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw BenchmarkFailure("cannot connect to \(host):\(port): errno \(errno)") }
    var isOn: Int32 = 1
    setsockopt(self.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Sends a signed request and waits for its answer.
  mutating func exchange(
    _ method: String,
    _ path: String,
    _ body: [UInt8],
    _ key: IdentityKey,
    nonce: RequestID
  ) throws(BenchmarkFailure) -> Answer {
    let headers = RequestSignature.sign(
      method: method,
      path: path,
      query: "",
      body: body,
      created: Int64(time(nil)),
      nonce: nonce,
      key: key
    )
    let head =
      "\(method) \(path) HTTP/1.1\r\nHost: indexer\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.count)\r\nContent-Digest: \(headers.contentDigest)\r\n"
      + "Signature-Input: \(headers.signatureInput)\r\nSignature: \(headers.signature)\r\n\r\n"
    try writeAll(self.descriptor, Array(head.utf8) + body)
    return try self.answer()
  }

  private mutating func answer() throws(BenchmarkFailure) -> Answer {
    var end = self.headEnd()
    while end == nil {
      try self.receive()
      end = self.headEnd()
    }
    let bodyStart = end ?? 0
    // "HTTP/1.1 200"
    let status = self.received[9..<12].reduce(0) { $0 * 10 + Int($1 &- 48) }
    let count = self.contentLength(inHeadOf: bodyStart)
    while self.received.count < bodyStart + count { try self.receive() }
    let body = Array(self.received[bodyStart..<bodyStart + count])
    self.received.removeFirst(bodyStart + count)
    return Answer(status: status, body: body)
  }

  /// An answer and more fits into what is asked for, and no more than has come is copied.
  private mutating func receive() throws(BenchmarkFailure) {
    let descriptor = self.descriptor
    let bytes = [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
      count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
    }
    guard !bytes.isEmpty else { throw BenchmarkFailure("the connection ended: errno \(errno)") }
    self.received += bytes
  }

  /// 0 if the head does not say it.
  private func contentLength(inHeadOf count: Int) -> Int {
    let name = Array("\ncontent-length:".utf8)
    for start in 0..<max(0, count - name.count) where self.received[start] == name[0] {
      guard (0..<name.count).allSatisfy({ self.received[start + $0] | 0x20 == name[$0] | 0x20 }) else { continue }
      let digits = self.received[(start + name.count)...].drop { $0 == 32 }.prefix { 48...57 ~= $0 }
      return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
    return 0
  }

  /// Where the body begins, if all of the head is there.
  private func headEnd() -> Int? {
    guard self.received.count >= 12 else { return nil }
    for index in 8...(self.received.count - 4) where self.received[index] == 13 && self.received[index + 2] == 13 {
      if self.received[index + 1] == 10, self.received[index + 3] == 10 { return index + 4 }
    }
    return nil
  }
}
