import Foundation
import FoundationNetworking
import Identity
import IndexAPI
import IndexClient
import Testing

@testable import Indexer

@Suite("A request", .timeLimit(.minutes(1)))
struct RequestTests {
  private struct Answer {
    var status: Int
    var problem: String?
    var headers: [AnyHashable: Any]
  }

  private static func send(
    _ indexer: TestIndexer,
    _ method: String = "POST",
    _ path: String = "/v1/sessions",
    body: [UInt8] = [],
    headers: RequestSignature.Headers? = nil
  ) async throws -> Answer {
    guard let url = URL(string: indexer.url + path) else { throw CancellationError() }
    var request = URLRequest(url: url)
    request.httpMethod = method
    if !body.isEmpty { request.httpBody = Data(body) }
    if let headers {
      request.setValue(headers.contentDigest, forHTTPHeaderField: "Content-Digest")
      request.setValue(headers.signatureInput, forHTTPHeaderField: "Signature-Input")
      request.setValue(headers.signature, forHTTPHeaderField: "Signature")
    }
    let (data, response) = try await URLSession.shared.data(for: request)
    guard let response = response as? HTTPURLResponse else { throw CancellationError() }
    let type = response.value(forHTTPHeaderField: "Content-Type")
    let problem = try? JSONDecoder().decode(Problem.self, from: data)
    #expect((type == "application/problem+json") == (response.statusCode >= 400))
    #expect(problem.map { $0.status == response.statusCode } ?? true)
    return Answer(status: response.statusCode, problem: problem?.name, headers: response.allHeaderFields)
  }

  private static func sign(
    _ key: IdentityKey,
    _ body: [UInt8],
    method: String = "POST",
    path: String = "/v1/sessions",
    shift: Int64 = 0
  ) -> RequestSignature.Headers {
    RequestSignature.sign(
      method: method,
      path: path,
      query: "",
      body: body,
      created: Int64(Date().timeIntervalSince1970) + shift,
      nonce: .fresh(),
      key: key
    )
  }

  @Test("without a signature, with a wrong one, made before, or from another time is refused and changes nothing")
  func signatures() async throws {
    try await TestIndexer.run { indexer in
      _ = try await indexer.client { try await $0.register(.sample()) }
      let (key, body) = (IdentityKey(), Array(try JSONEncoder().encode(SessionOrder.sample())))
      #expect(try await Self.send(indexer, body: body).problem == "bad-signature")
      var forged = Self.sign(key, body)
      forged.signature = Self.sign(IdentityKey(), body).signature
      #expect(try await Self.send(indexer, body: body, headers: forged).problem == "bad-signature")
      let signed = Self.sign(key, body)
      #expect(try await Self.send(indexer, body: body + [0x20], headers: signed).problem == "bad-signature")
      #expect(try await Self.send(indexer, "POST", "/v1/queue", body: body, headers: signed).status == 401)
      for shift: Int64 in [-60, 60] {
        let skewed = try await Self.send(indexer, body: body, headers: Self.sign(key, body, shift: shift))
        #expect(skewed.problem == "clock-skew")
      }
      #expect(indexer.service.figures().usedSeats == 0)
      #expect(try await Self.send(indexer, body: body, headers: signed).status == 201)
      #expect(try await Self.send(indexer, body: body, headers: signed).problem == "replayed")
      #expect(indexer.service.figures().usedSeats == 1)
    }
  }

  @Test("for a host is the host's alone")
  func wrongKey() async throws {
    try await TestIndexer.run { indexer in
      let host = IdentityKey()
      _ = try await indexer.client(host) { try await $0.register(.sample()) }
      let path = "/v1/hosts/\(host.publicKey.hostID)/drain"
      let body = Array(#"{"drains":true}"#.utf8)
      let stranger = Self.sign(IdentityKey(), body, path: path)
      #expect(try await Self.send(indexer, "POST", path, body: body, headers: stranger).problem == "wrong-key")
      #expect(indexer.service.figures().hosts[.standby] == 1)
      let own = Self.sign(host, body, path: path)
      #expect(try await Self.send(indexer, "POST", path, body: body, headers: own).status == 204)
      #expect(indexer.service.figures().hosts[.draining] == 1)
    }
  }

  @Test("that does not make sense is told why")
  func problems() async throws {
    try await TestIndexer.run { indexer in
      let key = IdentityKey()
      #expect(try await Self.send(indexer, "GET", "/nowhere").problem == "not-found")
      let method = try await Self.send(indexer, "PUT", "/v1/games")
      #expect(method.problem == "method-not-allowed")
      #expect(method.headers["Allow"] as? String == "GET")
      #expect(try await Self.send(indexer, "GET", "/v1/hosts?limit=1000").problem == "bad-request")
      for text in ["", "{", "{}", "[]", #"{"request":"x"}"#] {
        let body = Array(text.utf8)
        #expect(try await Self.send(indexer, body: body, headers: Self.sign(key, body)).problem == "bad-request")
      }
      let large = [UInt8](repeating: 0x20, count: (64 << 10) + 1)
      #expect(try await Self.send(indexer, body: large, headers: Self.sign(key, large)).problem == "too-large")
      var order = SessionOrder.sample()
      order.game = "Not a game"
      let body = Array(try JSONEncoder().encode(order))
      #expect(try await Self.send(indexer, body: body, headers: Self.sign(key, body)).problem == "bad-request")
    }
  }

  @Test("too often from one key is asked to wait")
  func rate() async throws {
    var limits = IndexerLimits()
    (limits.requestsPerSecondOfKey, limits.requestBurstOfKey) = (0.01, 3)
    try await TestIndexer.run(limits: limits) { indexer in
      let (key, body) = (IdentityKey(), Array(try JSONEncoder().encode(SessionOrder.sample())))
      for _ in 0..<3 {
        #expect(try await Self.send(indexer, body: body, headers: Self.sign(key, body)).problem == "not-found")
      }
      let refused = try await Self.send(indexer, body: body, headers: Self.sign(key, body))
      #expect(refused.problem == "rate-limited")
      #expect((refused.headers["Retry-After"] as? String).flatMap(Int.init) ?? 0 > 10)
      let other = IdentityKey()
      #expect(try await Self.send(indexer, body: body, headers: Self.sign(other, body)).problem == "not-found")
    }
  }

  @Test("for a host's stream is answered as long as the host is at home here")
  func stream() async throws {
    try await TestIndexer.run { indexer in
      let host = IdentityKey()
      try await indexer.client(host) { client in
        let registered = try await client.register(.sample())
        var messages = try await client.messages(host: registered.host).makeAsyncIterator()
        guard case .keys = try await messages.next() else {
          Issue.record("the keys come first")
          return
        }
        let offer = try await indexer.client { try await $0.offer(.sample()) }
        guard case .prepare(let preparation) = try await messages.next() else {
          Issue.record("the host is not told of the player")
          return
        }
        #expect(preparation.session == offer.session)
      }
    }
  }
}
