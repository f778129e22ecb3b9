import Foundation
public import IndexAPI
import NIOHTTP1

/// What players ask.
extension IndexClient {
  public func games() async throws -> GameList {
    try await self.ask(Question(method: .GET, path: "/v1/games")).decoded()
  }

  /// The nearest hosts that offer a game.
  ///
  /// - Parameters:
  ///   - game: `nil` for any.
  ///   - landmarks: round trips to landmarks, as text; `nil` if never measured.
  public func hosts(
    game: String? = nil,
    place: Place? = nil,
    landmarks: String? = nil,
    limit: Int = 20
  ) async throws -> HostList {
    let parameters: [(String, String?)] = [
      ("game", game), ("latitude", place.map { "\($0.latitude)" }), ("longitude", place.map { "\($0.longitude)" }),
      ("landmarks", landmarks), ("limit", "\(limit)"),
    ]
    let query = parameters.compactMap { name, value in value.map { "\(name)=\(Self.percentEncoded($0))" } }
    return try await self.ask(
      Question(method: .GET, path: "/v1/hosts", query: query.joined(separator: "&"))
    ).decoded()
  }

  public func landmarks() async throws -> LandmarkList {
    try await self.ask(Question(method: .GET, path: "/v1/landmarks")).decoded()
  }

  /// Asks for a seat.
  public func order(_ order: SessionOrder) async throws -> Answer {
    try await self.seat(Question(method: .POST, path: "/v1/sessions", body: try Self.encode(order), isSigned: true))
  }

  /// Waits for a seat, for up to 20 s; ``Answer/queued(_:)`` says to ask again.
  public func queue(_ order: QueueOrder) async throws -> Answer {
    try await self.seat(
      Question(
        method: .POST,
        path: "/v1/queue",
        body: try Self.encode(order),
        isSigned: true,
        timeout: Self.queueTimeout
      )
    )
  }

  /// Waits no longer for the seat that `request` asked for.
  public func leaveQueue(_ request: RequestID) async throws {
    _ = try await self.ask(Question(method: .DELETE, path: "/v1/queue/\(request)", isSigned: true))
  }

  /// Asks for another seat in place of one whose host was lost.
  public func resume(_ session: SessionID, _ order: SessionOrder) async throws -> Answer {
    try await self.seat(
      Question(
        method: .POST,
        path: "/v1/sessions/\(session)/resume",
        body: try Self.encode(order),
        isSigned: true
      )
    )
  }

  @discardableResult
  public func renew(_ session: SessionID) async throws -> SessionRenewed {
    try await self.ask(
      Question(method: .POST, path: "/v1/sessions/\(session)/renew", isSigned: true)
    ).decoded()
  }

  /// Tells how long the player waited.
  public func started(_ start: SessionStart, session: SessionID) async throws {
    _ = try await self.ask(
      Question(
        method: .POST,
        path: "/v1/sessions/\(session)/started",
        body: try Self.encode(start),
        isSigned: true
      )
    )
  }

  public func end(session: SessionID) async throws {
    _ = try await self.ask(Question(method: .DELETE, path: "/v1/sessions/\(session)", isSigned: true))
  }

  /// How the session's host was chosen: a decision record's JSON.
  public func decision(session: SessionID) async throws -> [UInt8] {
    try await self.ask(Question(method: .GET, path: "/v1/sessions/\(session)/decision")).body
  }

  /// The network's public status, as JSON.
  public func status() async throws -> [UInt8] {
    try await self.ask(Question(method: .GET, path: "/v1/status")).body
  }

  private func seat(_ question: Question) async throws -> Answer {
    let reply = try await self.ask(question)
    switch reply.status {
    case 201: return .offer(try reply.decoded())
    case 202: return .queued(try reply.decoded())
    default: throw IndexClientError.unexpectedAnswer(status: reply.status, from: reply.indexer.base)
    }
  }

  private static func percentEncoded(_ text: String) -> String {
    let unreserved = CharacterSet.alphanumerics.intersection(.urlQueryAllowed).union(CharacterSet(charactersIn: "-._~"))
    return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }
}
