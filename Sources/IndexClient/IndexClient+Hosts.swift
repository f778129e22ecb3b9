import AsyncHTTPClient
import Foundation
public import IndexAPI
public import Identity
import NIOCore
import NIOHTTP1

/// What hosts ask.
extension IndexClient {
  /// Registers this host, wherever an indexer answers; that one is its home from then on.
  public func register(_ registration: HostRegistration) async throws -> HostRegistered {
    try await self.ask(
      Question(method: .POST, path: "/v1/hosts", body: try Self.encode(registration), isSigned: true)
    ).decoded()
  }

  /// Tells the home indexer how this host is. When that fails, the next ``register(_:)`` goes elsewhere.
  public func heartbeat(_ heartbeat: Heartbeat, host: HostID) async throws {
    _ = try await self.ask(
      Question(
        method: .POST,
        path: "/v1/hosts/\(host)/heartbeat",
        body: try Self.encode(heartbeat),
        isSigned: true,
        staysHome: true
      )
    )
  }

  /// - Parameter drains: `false` takes it back.
  public func drain(_ drains: Bool = true, host: HostID) async throws {
    _ = try await self.ask(
      Question(
        method: .POST,
        path: "/v1/hosts/\(host)/drain",
        body: try Self.encode(DrainOrder(drains: drains)),
        isSigned: true
      )
    )
  }

  /// Opens the stream of what the home indexer tells this host.
  public func messages(host: HostID) async throws -> HostMessages {
    let indexer = self.indexer
    try await self.prove(indexer)
    let question = Question(method: .GET, path: "/v1/hosts/\(host)/stream", isSigned: true)
    let response: HTTPClientResponse
    do {
      response = try await self.streams.execute(self.request(question, to: indexer), deadline: .distantFuture)
    } catch {
      try Task.checkCancellation()
      self.directory.avoid(indexer)
      throw IndexClientError.streamLost(indexer.base)
    }
    if response.status.code != 200 {
      let body = Array((try await response.body.collect(upTo: Self.maximumBodyByteCount)).readableBytesView)
      try Self.check(response, body: body, from: indexer)
      throw IndexClientError.unexpectedAnswer(status: Int(response.status.code), from: indexer.base)
    }
    return HostMessages(body: response.body, indexer: indexer, directory: self.directory)
  }

  /// The key set that tickets are checked with, checked as ``verify(keys:)`` does.
  public func keys() async throws -> KeySet {
    try self.verify(try await self.ask(.keys))
  }

  static func encode(_ value: some Encodable) throws -> [UInt8] {
    Array(try JSONEncoder().encode(value))
  }
}
