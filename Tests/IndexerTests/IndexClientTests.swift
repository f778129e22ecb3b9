import Foundation
import IndexAPI
import Identity
import Testing

@testable import IndexClient

@Suite("The client of indexers", .timeLimit(.minutes(1)))
struct IndexClientTests {
  private static let identity = IdentityKey()
  private static let noGames = #"{"games":[]}"#
  private static let order = SessionOrder(request: RequestID(high: 1, low: 2), game: "g", transportKey: "k")
  private static let place = #"{"queueTicket":"q","position":3}"#

  /// Runs `body` with a client of scripted indexers, and ends them all.
  private static func withClient(
    _ indexers: [ScriptedIndexer],
    silenceTimeout: Duration = .seconds(15),
    _ body: (IndexClient) async throws -> Void
  ) async throws {
    let client = try IndexClient(indexers: indexers.map(\.url), identity: identity, silenceTimeout: silenceTimeout)
    let result: Result<Void, any Error>
    do { result = .success(try await body(client)) } catch { result = .failure(error) }
    await client.shutdown()
    for indexer in indexers { indexer.stop() }
    try result.get()
  }

  @Test("signs what changes something, and uses one connection")
  func signs() async throws {
    let indexer = ScriptedIndexer { $0.method == "GET" ? .json(200, Self.noGames) : .json(202, Self.place) }
    try await Self.withClient([indexer]) { client in
      for _ in 0..<3 {
        let place = QueuePlace(queueTicket: "q", position: 3, estimateSeconds: nil)
        #expect(try await client.order(Self.order) == .queued(place))
      }
      _ = try await client.games()
      #expect(indexer.connectionCount == 1)
      #expect(indexer.requests.count == 4)
      var nonces: Set<RequestID> = []
      for request in indexer.requests.prefix(3) {
        let verified = try RequestSignature.verify(
          method: request.method,
          path: request.target,
          query: "",
          body: request.body,
          contentDigest: request.headers["content-digest"],
          signatureInput: request.headers["signature-input"],
          signature: request.headers["signature"]
        )
        #expect(verified.key == Self.identity.publicKey)
        #expect(abs(verified.created - Int64(Date().timeIntervalSince1970)) < 30)
        #expect(try JSONDecoder().decode(SessionOrder.self, from: Data(request.body)) == Self.order)
        nonces.insert(verified.nonce)
      }
      #expect(nonces.count == 3)
      #expect(indexer.requests[3].headers["signature"] == nil)
    }
  }

  @Test("turns to the next indexer when one is gone and one says nothing, and stays with it")
  func failover() async throws {
    let gone = ScriptedIndexer { _ in .silence }
    gone.stop()
    let stuck = ScriptedIndexer { _ in .silence }
    let good = ScriptedIndexer { _ in .json(200, Self.noGames) }
    try await Self.withClient([gone, stuck, good]) { client in
      // Three seconds are to suffice. What a busy machine adds says nothing about the client, so that the time of one
      // silence is what is held to that; each indexer is asked once.
      #expect(IndexClient.answerSeconds <= 2)
      let duration = try await ContinuousClock().measure { _ = try await client.games() }
      #expect(duration >= .seconds(IndexClient.answerSeconds) && duration < .seconds(20))
      #expect(stuck.requests.count == 1 && good.requests.count == 1)
      #expect(client.indexer.base == good.url)
      _ = try await client.games()
      #expect(stuck.requests.count == 1 && good.requests.count == 2)
    }
  }

  @Test("says which indexers it tried when none answers")
  func unreachable() async throws {
    let gone = ScriptedIndexer { _ in .silence }
    gone.stop()
    try await Self.withClient([gone]) { client in
      await #expect(throws: IndexClientError.unreachable(tried: [gone.url])) { try await client.games() }
    }
  }

  @Test("throws what an indexer calls a problem, and passes over one that cannot serve now")
  func problems() async throws {
    let problem = Problem(type: "urn:martlet:problem:no-seat", title: "No seat", status: 409, detail: "Wait.")
    let text = String(decoding: try JSONEncoder().encode(problem), as: UTF8.self)
    let busy = #"{"type":"urn:martlet:problem:unavailable","title":"t","status":503,"detail":"d"}"#
    let first = ScriptedIndexer { _ in .problem(503, busy) }
    let second = ScriptedIndexer { _ in .problem(409, text) }
    try await Self.withClient([first, second]) { client in
      await #expect(throws: problem) { try await client.order(Self.order) }
      #expect(first.requests.count == 1)
      #expect(second.requests.count == 1)
    }
    let alone = ScriptedIndexer { _ in .problem(503, busy) }
    try await Self.withClient([alone]) { client in
      await #expect(throws: Problem.self) { try await client.games() }
    }
  }

  @Test(
    "takes nothing for an answer that no indexer gives",
    arguments: [
      ScriptedIndexer.Reply.json(200, "{}"), .json(404, "not here"), .json(200, String(repeating: " ", count: 2 << 20)),
    ]
  )
  func nonsense(reply: ScriptedIndexer.Reply) async throws {
    let indexer = ScriptedIndexer { _ in reply }
    try await Self.withClient([indexer]) { client in
      await #expect(throws: IndexClientError.self) { try await client.games() }
    }
  }

  @Test("gives an indexer's messages as they come, and says when the stream is lost")
  func messages() async throws {
    let host = Self.identity.publicKey.hostID
    let sent: [HostMessage] = [.alive, .release(SessionID(high: 1, low: 2)), .keys("k"), .goodbye]
    let lines = try sent.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    for ends in [true, false] {
      let indexer = ScriptedIndexer { _ in .lines(lines, ends: ends) }
      try await Self.withClient([indexer], silenceTimeout: .milliseconds(300)) { client in
        var received: [HostMessage] = []
        let start = ContinuousClock.now
        await #expect(throws: IndexClientError.streamLost(indexer.url)) {
          for try await message in try await client.messages(host: host) { received.append(message) }
        }
        #expect(received == sent)
        #expect(ends || ContinuousClock.now - start >= .milliseconds(300))
        #expect(indexer.requests.first?.target == "/v1/hosts/\(host)/stream")
        #expect(indexer.requests.first?.headers["signature"] != nil)
      }
    }
  }

  @Test("sends heartbeats to the host's home only")
  func heartbeats() async throws {
    let gone = ScriptedIndexer { _ in .silence }
    gone.stop()
    let other = ScriptedIndexer { _ in .json(204, "") }
    let heartbeat = Heartbeat(
      epoch: 1,
      sequence: 1,
      state: .standby,
      freeSeats: 1,
      encoderLoad: 0,
      games: [],
      sessions: []
    )
    try await Self.withClient([gone, other]) { client in
      await #expect(throws: IndexClientError.unreachable(tried: [gone.url])) {
        try await client.heartbeat(heartbeat, host: Self.identity.publicKey.hostID)
      }
      #expect(other.requests.isEmpty)
      #expect(client.indexer.base == other.url)
    }
  }

  @Test("escapes what it writes into a query")
  func queries() async throws {
    let indexer = ScriptedIndexer { _ in .json(200, #"{"hosts":[]}"#) }
    try await Self.withClient([indexer]) { client in
      let place = Place(latitude: -1.5, longitude: 2)
      _ = try await client.hosts(game: "a&b", place: place, landmarks: "x:1,y:2", limit: 3)
      #expect(
        indexer.requests.first?.target
          == "/v1/hosts?game=a%26b&latitude=-1.5&longitude=2.0&landmarks=x%3A1%2Cy%3A2&limit=3"
      )
    }
  }

  @Test("believes the pinned key's sets, and those of whom it vouches for")
  func pinning() async throws {
    let (root, other, stranger) = (IdentityKey(), IdentityKey(), IdentityKey())
    let now = Int64(Date().timeIntervalSince1970)
    let own = KeySet(identity: root, now: now)
    var joint = own
    joint.entries += KeySet(identity: other, now: now).entries
    let othersText = KeySet(identity: other, now: now).signed(by: other, issued: now)
    let client = try IndexClient(indexers: ["http://127.0.0.1:1#\(root.publicKey.base64URL)"], identity: Self.identity)
    #expect(throws: TicketError.unknownKey) { try client.verify(keys: othersText) }
    #expect(try client.verify(keys: own.signed(by: root, issued: now)) == own)
    #expect(throws: TicketError.unknownKey) { try client.verify(keys: othersText) }
    #expect(try client.verify(keys: joint.signed(by: root, issued: now)) == joint)
    #expect(try client.verify(keys: othersText).signer == other.publicKey)
    await client.shutdown()
    let trusting = try IndexClient(indexers: ["http://127.0.0.1:1"], identity: Self.identity)
    #expect(try trusting.verify(keys: othersText).signer == other.publicKey)
    let strangers = KeySet(identity: stranger, now: now).signed(by: stranger, issued: now)
    #expect(throws: TicketError.unknownKey) { try trusting.verify(keys: strangers) }
    await trusting.shutdown()
  }

  @Test("asks nothing of an indexer that does not hold the pinned key")
  func wrongKey() async throws {
    let (root, stranger) = (IdentityKey(), IdentityKey())
    let now = Int64(Date().timeIntervalSince1970)
    for (holder, isRight) in [(root, true), (stranger, false)] {
      let keys = KeySet(identity: holder, now: now).signed(by: holder, issued: now)
      let indexer = ScriptedIndexer { request in
        .json(200, request.target == "/v1/keys" ? #"{"keys":"\#(keys)"}"# : Self.noGames)
      }
      let address = "\(indexer.url)#\(root.publicKey.base64URL)"
      let client = try IndexClient(indexers: [address], identity: Self.identity)
      if isRight {
        #expect(try await client.games().games.isEmpty)
        #expect(try await client.games().games.isEmpty)
        #expect(indexer.requests.map(\.target) == ["/v1/keys", "/v1/games", "/v1/games"])
      } else {
        await #expect(throws: IndexClientError.wrongKey(indexer.url)) { try await client.order(Self.order) }
        #expect(indexer.requests.map(\.target) == ["/v1/keys"])
      }
      await client.shutdown()
      indexer.stop()
    }
  }

  @Test(
    "refuses what is no indexer's address",
    arguments: ["", "host", "ftp://host", "http://", "http://host/path", "http://host?a=b", "http://host#short"]
  )
  func addresses(text: String) {
    #expect(IndexerAddress(text) == nil)
    #expect(throws: IndexClientError.notAnAddress(text)) {
      try IndexClient(indexers: [text], identity: Self.identity)
    }
  }
}
