import AsyncHTTPClient
import Foundation
import IndexAPI
import Identity
import NIOCore
import NIOHTTP1

/// Asks indexers, one attempt at a time, so that the record says which one was asked and what became of it.
struct Caller: Sendable {
  enum Answer: Sendable {
    case answered(status: Int, body: [UInt8])
    /// No answer: whether anything happened is not known.
    case lost

    var status: Int? {
      switch self {
      case .answered(let status, _): status
      case .lost: nil
      }
    }

    func decoded<Value: Decodable>(as type: Value.Type, when expected: Int) -> Value? {
      guard case .answered(expected, let body) = self else { return nil }
      return try? JSONDecoder().decode(Value.self, from: Data(body))
    }
  }

  let http: HTTPClient
  /// `http://address:port`, without a slash at the end.
  let indexers: [String]
  let identity: IdentityKey

  func call(
    _ method: String,
    _ path: String,
    query: String = "",
    body: (any Encodable & Sendable)? = nil,
    at indexer: Int,
    within timeout: Duration = .seconds(4),
    signed: Bool = true
  ) async -> Answer {
    do {
      let request = try self.request(method, path, query: query, body: body, at: indexer, signed: signed)
      let response = try await self.http.execute(request, timeout: .nanoseconds(timeout.nanoseconds))
      var bytes: [UInt8] = []
      for try await part in response.body {
        bytes.append(contentsOf: part.readableBytesView)
        guard bytes.count < 4 << 20 else { return .lost }
      }
      return .answered(status: Int(response.status.code), body: bytes)
    } catch {
      return .lost
    }
  }

  /// An answer that goes on: calls `onLine` with each line until the stream ends or fails.
  func follow(_ path: String, at indexer: Int, onLine: ([UInt8]) -> Void) async {
    do {
      let request = try self.request("GET", path, query: "", body: nil, at: indexer, signed: true)
      let response = try await self.http.execute(request, timeout: .hours(24))
      guard response.status.code == 200 else { return }
      var line: [UInt8] = []
      for try await part in response.body {
        for byte in part.readableBytesView {
          if byte == UInt8(ascii: "\n") {
            onLine(line)
            line = []
          } else {
            line.append(byte)
          }
        }
        guard line.count < 1 << 20 else { return }
      }
    } catch {}
  }

  private func request(
    _ method: String,
    _ path: String,
    query: String,
    body: (any Encodable & Sendable)?,
    at indexer: Int,
    signed: Bool
  ) throws -> HTTPClientRequest {
    let bytes = try body.map { Array(try JSONEncoder().encode($0)) } ?? []
    var request = HTTPClientRequest(url: self.indexers[indexer] + path + (query.isEmpty ? "" : "?\(query)"))
    request.method = .init(rawValue: method)
    if body != nil {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(bytes)
    }
    if signed {
      var generator = SystemRandomNumberGenerator()
      let headers = RequestSignature.sign(
        method: method,
        path: path,
        query: query,
        body: bytes,
        created: EventLog.unix,
        nonce: RequestID.random(using: &generator),
        key: self.identity
      )
      request.headers.add(name: "Content-Digest", value: headers.contentDigest)
      request.headers.add(name: "Signature-Input", value: headers.signatureInput)
      request.headers.add(name: "Signature", value: headers.signature)
    }
    return request
  }
}

extension Duration {
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = self.components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
