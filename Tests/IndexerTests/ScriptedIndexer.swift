import Foundation
import Glibc
import Synchronization

/// An HTTP server on this machine that answers as a test tells it to, and remembers what it was asked.
final class ScriptedIndexer: Sendable {
  struct Request: Sendable {
    var method: String
    /// Path and query.
    var target: String
    /// By lowercase name.
    var headers: [String: String]
    var body: [UInt8]
  }

  enum Reply: Sendable {
    case json(Int, String)
    case problem(Int, String)
    /// Lines, and then nothing more; the connection stays open unless `ends`.
    case lines([String], ends: Bool)
    case silence
  }

  private struct State {
    var requests: [Request] = []
    var connectionCount = 0
    var descriptors: [Int32] = []
    var isListening = true
  }

  let url: String
  private let listener: Int32
  private let state = Mutex(State())
  private let answer: @Sendable (Request) -> Reply

  init(_ answer: @escaping @Sendable (Request) -> Reply) {
    self.answer = answer
    self.listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = self.listener
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        precondition(bind(listener, pointer, size) == 0 && listen(listener, 16) == 0, "a port on this machine is free")
        precondition(getsockname(listener, pointer, &size) == 0, "a bound socket has a name")
      }
    }
    self.url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    Thread.detachNewThread { [self] in
      while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
        self.state.withLock { state in
          state.connectionCount += 1
          state.descriptors.append(descriptor)
        }
        Thread.detachNewThread { self.serve(descriptor) }
      }
      // Not before the last accept, and nothing after it: the number may be another socket's at once.
      self.state.withLock { state in
        state.isListening = false
        close(listener)
      }
    }
  }

  var requests: [Request] { self.state.withLock { $0.requests } }
  var connectionCount: Int { self.state.withLock { $0.connectionCount } }

  /// Ends the listening and all connections.
  func stop() {
    self.state.withLock { state in
      if state.isListening { shutdown(self.listener, Int32(SHUT_RDWR)) }
      for descriptor in state.descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  private func serve(_ descriptor: Int32) {
    defer {
      self.state.withLock { state in
        state.descriptors.removeAll { $0 == descriptor }
        close(descriptor)
      }
    }
    var pending: [UInt8] = []
    while let request = Self.read(from: descriptor, &pending) {
      self.state.withLock { $0.requests.append(request) }
      switch self.answer(request) {
      case .json(let status, let body): Self.send(status, "application/json", body, descriptor)
      case .problem(let status, let body): Self.send(status, "application/problem+json", body, descriptor)
      case .silence: break
      case .lines(let lines, let ends):
        Self.write("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n", descriptor)
        for line in lines { Self.write(line + "\n", descriptor) }
        if ends { return }
      }
    }
  }

  private static func send(_ status: Int, _ type: String, _ body: String, _ descriptor: Int32) {
    let head = "HTTP/1.1 \(status) X\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    Self.write(head + body, descriptor)
  }

  private static func write(_ text: String, _ descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  private static func read(from descriptor: Int32, _ pending: inout [UInt8]) -> Request? {
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      if let request = Self.take(from: &pending) { return request }
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      pending += chunk[..<count]
    }
  }

  /// Takes one whole request, if it is there.
  private static func take(from pending: inout [UInt8]) -> Request? {
    guard let end = pending.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: pending[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let start = lines[0].split(separator: " ")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...]
      headers[line[..<colon].lowercased()] = value.trimmingCharacters(in: .whitespaces)
    }
    let count = headers["content-length"].flatMap { Int($0) } ?? 0
    guard pending.count >= end.upperBound + count else { return nil }
    let body = Array(pending[end.upperBound..<end.upperBound + count])
    pending.removeFirst(end.upperBound + count)
    return Request(method: String(start[0]), target: String(start[1]), headers: headers, body: body)
  }
}
