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
      try readSome(self.descriptor, into: &self.received)
      end = self.headEnd()
    }
    let bodyStart = end ?? 0
    let lines = String(decoding: self.received[..<bodyStart], as: UTF8.self).lowercased().split(separator: "\r\n")
    let status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
    let length = lines.lazy.compactMap { line -> Int? in
      guard line.hasPrefix("content-length:") else { return nil }
      return Int(line.dropFirst(15).drop { $0 == " " })
    }
    let count = length.first ?? 0
    while self.received.count < bodyStart + count { try readSome(self.descriptor, into: &self.received) }
    let body = Array(self.received[bodyStart..<bodyStart + count])
    self.received.removeFirst(bodyStart + count)
    return Answer(status: status, body: body)
  }

  /// Where the body begins, if all of the head is there.
  private func headEnd() -> Int? {
    guard self.received.count >= 4 else { return nil }
    for index in 0...(self.received.count - 4) where self.received[index] == 13 && self.received[index + 2] == 13 {
      if self.received[index + 1] == 10, self.received[index + 3] == 10 { return index + 4 }
    }
    return nil
  }
}
