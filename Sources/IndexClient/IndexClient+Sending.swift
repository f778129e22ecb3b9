import AsyncHTTPClient
import Foundation
import IndexAPI
import Identity
import NIOCore
import NIOHTTP1

/// One thing to ask.
struct Question {
  var method: HTTPMethod
  /// Percent-encoded.
  var path: String
  /// Percent-encoded, without the `?`.
  var query = ""
  var body: [UInt8] = []
  var isSigned = false
  /// Whether only the indexer that was asked last will do.
  var staysHome = false
  var timeout = IndexClient.answerTimeout
}

extension Question {
  /// The indexer's key set.
  static let keys = Question(method: .GET, path: "/v1/keys")
}

/// What an indexer said, with a status of 2xx.
struct Reply {
  var status: Int
  var body: [UInt8]
  var indexer: IndexerAddress

  func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(self.body))
    } catch {
      throw IndexClientError.unexpectedAnswer(status: self.status, from: self.indexer.base)
    }
  }
}

extension IndexClient {
  /// Asks one indexer after the other until one answers.
  ///
  /// An indexer that cannot serve now (status 5xx) is passed over like one that does not answer.
  func ask(_ question: Question) async throws -> Reply {
    var failure: (any Error)?
    let order = self.directory.order
    let asked = question.staysHome ? Array(order.prefix(1)) : order
    for indexer in asked {
      do {
        let reply = try await self.ask(question, of: indexer)
        self.directory.prefer(indexer)
        return reply
      } catch let problem as Problem {
        guard problem.status >= 500 else { throw problem }
        failure = problem
      } catch let IndexClientError.wrongKey(base) {
        failure = IndexClientError.wrongKey(base)
      } catch let IndexClientError.unexpectedAnswer(status, from) {
        failure = IndexClientError.unexpectedAnswer(status: status, from: from)
        guard status >= 500 else { break }
      } catch {
        // What the network and TLS throw has no common type.
        try Task.checkCancellation()
      }
      self.directory.avoid(indexer)
    }
    throw failure ?? IndexClientError.unreachable(tried: asked.map(\.base))
  }

  private func ask(_ question: Question, of indexer: IndexerAddress) async throws -> Reply {
    try await self.prove(indexer)
    return try await self.send(question, to: indexer)
  }

  /// Where keys are pinned, nothing is asked of an indexer that has not shown a key set which they sign.
  func prove(_ indexer: IndexerAddress) async throws {
    guard self.directory.needsProof(indexer) else { return }
    do {
      _ = try self.verify(try await self.send(.keys, to: indexer))
    } catch is TicketError {
      throw IndexClientError.wrongKey(indexer.base)
    }
    self.directory.proved(indexer)
  }

  /// Checks what answered ``Question/keys`` as ``verify(keys:)`` does.
  func verify(_ reply: Reply) throws -> KeySet {
    struct Keys: Decodable {
      var keys: String
    }
    return try self.verify(keys: try reply.decoded(as: Keys.self).keys)
  }

  private func send(_ question: Question, to indexer: IndexerAddress) async throws -> Reply {
    let deadline = NIODeadline.now() + question.timeout
    var response: HTTPClientResponse
    do {
      response = try await self.http.execute(self.request(question, to: indexer), deadline: deadline)
    } catch let error as HTTPClientError where error == .remoteConnectionClosed {
      // A connection kept for long may be closed just as it is used again; signed anew, since this one may have arrived.
      response = try await self.http.execute(self.request(question, to: indexer), deadline: deadline)
    }
    let body = Array((try await response.body.collect(upTo: Self.maximumBodyByteCount)).readableBytesView)
    try Self.check(response, body: body, from: indexer)
    return Reply(status: Int(response.status.code), body: body, indexer: indexer)
  }

  func request(_ question: Question, to indexer: IndexerAddress) -> HTTPClientRequest {
    let target = question.path + (question.query.isEmpty ? "" : "?" + question.query)
    var request = HTTPClientRequest(url: indexer.base + target)
    request.method = question.method
    request.headers.add(name: "User-Agent", value: "martlet")
    if !question.body.isEmpty {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(question.body)
    }
    guard question.isSigned else { return request }
    var generator = SystemRandomNumberGenerator()
    let headers = RequestSignature.sign(
      method: question.method.rawValue,
      path: question.path,
      query: question.query,
      body: question.body,
      created: Self.now,
      nonce: .random(using: &generator),
      key: self.identity
    )
    request.headers.add(name: "Content-Digest", value: headers.contentDigest)
    request.headers.add(name: "Signature-Input", value: headers.signatureInput)
    request.headers.add(name: "Signature", value: headers.signature)
    return request
  }

  /// - Throws: what the indexer calls a problem, or that it is no indexer's answer.
  static func check(_ response: HTTPClientResponse, body: [UInt8], from indexer: IndexerAddress) throws {
    guard !(200...299 ~= response.status.code) else { return }
    let isProblem = response.headers.first(name: "Content-Type")?.hasPrefix("application/problem+json") == true
    guard isProblem, let problem = try? JSONDecoder().decode(Problem.self, from: Data(body)) else {
      throw IndexClientError.unexpectedAnswer(status: Int(response.status.code), from: indexer.base)
    }
    throw problem
  }
}
