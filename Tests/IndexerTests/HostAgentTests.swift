import Foundation
import IndexAPI
import IndexClient
import Identity
import Logging
import Synchronization
import Testing

@testable import HostAgent

/// A host that exists only as what its agent sees of it.
private final class ScriptedMachine: HostedMachine {
  struct State {
    var status = MachineStatus(freeSeats: 2, sessions: [], warmStages: 1, isDraining: false)
    var ended: [Heartbeat.Ended] = []
    var onChange: (@Sendable () -> Void)?
    var keys: [KeySet] = []
    var prepared: [HostMessage.Preparation] = []
    var released: [SessionID] = []
  }

  let state = Mutex(State())

  var status: MachineStatus { self.state.withLock { $0.status } }
  func readEncoderLoad() -> Double { 0.25 }
  func onChange(_ body: @escaping @Sendable () -> Void) { self.state.withLock { $0.onChange = body } }
  func setKeys(_ keys: KeySet) { self.state.withLock { $0.keys.append(keys) } }
  func prepare(_ preparation: HostMessage.Preparation) { self.state.withLock { $0.prepared.append(preparation) } }
  func release(_ session: SessionID) { self.state.withLock { $0.released.append(session) } }
  func takeEnded() -> [Heartbeat.Ended] {
    self.state.withLock { state in
      defer { state.ended = [] }
      return state.ended
    }
  }

  /// Changes how things stand, and says so.
  func change(_ body: (inout State) -> Void) {
    let onChange = self.state.withLock { state in
      body(&state)
      return state.onChange
    }
    onChange?()
  }
}

@Suite("The agent of a host", .timeLimit(.minutes(1)))
struct HostAgentTests {
  private static let identity = IdentityKey()
  private static let host = identity.publicKey.hostID
  private static let indexerKey = IdentityKey()
  private static let session = SessionID(high: 1, low: 2)

  private static let registration = HostRegistration(
    endpoint: "127.0.0.1:7777",
    transportKey: String(repeating: "A", count: 43),
    games: [GameOffer(name: "test-game", title: "Test", picture: "1280x720", maximumRate: 60, warm: 0)],
    capability: HostCapability(gpu: nil, encoders: [], cores: 2, memoryMegabytes: 1000, performanceClass: .hd),
    seats: 2
  )

  private static var keys: String {
    let now = Int64(Date().timeIntervalSince1970)
    return KeySet(identity: self.indexerKey, now: now).signed(by: self.indexerKey, issued: now)
  }

  /// What an indexer answers that does everything right.
  private static func answer(
    _ request: ScriptedIndexer.Request,
    epoch: Int = 1,
    messages: [HostMessage] = [],
    endsStream: Bool = false,
    heartbeat: ScriptedIndexer.Reply = .json(204, "")
  ) -> ScriptedIndexer.Reply {
    func json(_ value: some Encodable) -> String {
      String(decoding: (try? JSONEncoder().encode(value)) ?? Data(), as: UTF8.self)
    }
    switch (request.method, request.target) {
    case ("POST", "/v1/hosts"):
      return .json(
        200,
        json(HostRegistered(host: self.host, epoch: epoch, heartbeatSeconds: 1, indexers: [], keys: self.keys))
      )
    case ("GET", "/v1/hosts/\(self.host)/stream"): return .lines(messages.map { json($0) }, ends: endsStream)
    case ("POST", "/v1/hosts/\(self.host)/heartbeat"): return heartbeat
    case ("GET", "/v1/landmarks"): return .json(200, #"{"landmarks":[]}"#)
    default: return .problem(404, #"{"type":"urn:martlet:problem:not-found","title":"","status":404,"detail":""}"#)
    }
  }

  /// Runs `body` while an agent runs, and lets it leave.
  private static func withAgent(
    _ indexers: [ScriptedIndexer],
    _ body: (ScriptedMachine) async throws -> Void
  ) async throws {
    let machine = ScriptedMachine()
    let client = try IndexClient(indexers: indexers.map(\.url), identity: self.identity)
    var logger = Logger(label: "agent") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .critical
    let agent = HostAgent(
      host: self.host,
      machine: machine,
      client: client,
      configuration: HostAgent.Configuration(registration: self.registration),
      logger: logger
    )
    let running = Task { try await agent.run() }
    let result: Result<Void, any Error>
    do { result = .success(try await body(machine)) } catch { result = .failure(error) }
    running.cancel()
    try? await running.value
    await agent.leave()
    await client.shutdown()
    for indexer in indexers { indexer.stop() }
    try result.get()
  }

  private static func heartbeats(_ indexer: ScriptedIndexer) -> [Heartbeat] {
    indexer.requests.filter { $0.target.hasSuffix("/heartbeat") }.compactMap {
      try? JSONDecoder().decode(Heartbeat.self, from: Data($0.body))
    }
  }

  private static func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<1000 {
      if condition() { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return condition()
  }

  @Test("registers, obeys the stream, and says at once what changes")
  func obeys() async throws {
    let preparation = HostMessage.Preparation(session: Self.session, game: "test-game", picture: nil, startBy: 5)
    let indexer = ScriptedIndexer { request in
      Self.answer(request, messages: [.prepare(preparation), .alive, .keys(Self.keys), .release(Self.session)])
    }
    try await Self.withAgent([indexer]) { machine in
      #expect(await Self.eventually { machine.state.withLock { $0.released == [Self.session] } })
      machine.state.withLock { state in
        #expect(state.prepared == [preparation])
        #expect(state.keys.map(\.signer) == [Self.indexerKey.publicKey, Self.indexerKey.publicKey])
      }
      #expect(await Self.eventually { !Self.heartbeats(indexer).isEmpty })
      let count = Self.heartbeats(indexer).count
      machine.change { $0.status.sessions = [Self.session] }
      #expect(
        await Self.eventually { Self.heartbeats(indexer).dropFirst(count).contains { $0.sessions == [Self.session] } }
      )
      let heartbeats = Self.heartbeats(indexer)
      #expect(heartbeats.allSatisfy { $0.epoch == 1 && $0.encoderLoad == 0.25 && $0.state == .standby })
      #expect(heartbeats.map(\.sequence) == (1...UInt64(heartbeats.count)).map { $0 })
      #expect(heartbeats[0].games == [Heartbeat.Warmth(name: "test-game", warm: 1)])
    }
  }

  @Test("an indexer that does not hold the pinned key ends it before it has ever registered")
  func wrongKey() async throws {
    let indexer = ScriptedIndexer { request in
      request.target == "/v1/keys" ? .json(200, #"{"keys":"\#(Self.keys)"}"#) : Self.answer(request)
    }
    let pinned = IdentityKey().publicKey.base64URL
    let client = try IndexClient(indexers: ["\(indexer.url)#\(pinned)"], identity: Self.identity)
    let agent = HostAgent(
      host: Self.host,
      machine: ScriptedMachine(),
      client: client,
      configuration: HostAgent.Configuration(registration: Self.registration),
      logger: Logger(label: "agent") { StreamLogHandler.standardError(label: $0) }
    )
    await #expect(throws: IndexClientError.wrongKey(indexer.url)) { try await agent.run() }
    #expect(!indexer.requests.contains { $0.target == "/v1/hosts" })
    await client.shutdown()
    indexer.stop()
  }

  @Test("an ended session is repeated until a heartbeat with it was acknowledged")
  func ended() async throws {
    let refused = Mutex(0)
    let indexer = ScriptedIndexer { request in
      guard request.target.hasSuffix("/heartbeat"), String(decoding: request.body, as: UTF8.self).contains("left")
      else {
        return Self.answer(request)
      }
      let isRefused = refused.withLock { count in
        count += 1
        return count <= 2
      }
      let busy = #"{"type":"urn:martlet:problem:rate-limited","title":"","status":429,"detail":""}"#
      return isRefused ? .problem(429, busy) : Self.answer(request)
    }
    try await Self.withAgent([indexer]) { machine in
      let ended = Heartbeat.Ended(session: Self.session, reason: "the player left")
      #expect(await Self.eventually { machine.state.withLock { $0.onChange != nil } })
      machine.change { $0.ended = [ended] }
      #expect(await Self.eventually { Self.heartbeats(indexer).filter { $0.ended == [ended] }.count == 3 })
      #expect(await Self.eventually { Self.heartbeats(indexer).last?.ended == [] })
      #expect(indexer.requests.filter { $0.target == "/v1/hosts" }.count == 1, "a busy indexer is still the home")
    }
  }

  @Test("a lost stream, and a home that no longer is one, make it register again, at the next indexer if need be")
  func moves() async throws {
    let conflict = #"{"type":"urn:martlet:problem:conflict","title":"","status":409,"detail":""}"#
    let registrations = Mutex(0)
    let first = ScriptedIndexer { request in
      if request.target == "/v1/hosts" { registrations.withLock { $0 += 1 } }
      let isOld = registrations.withLock { $0 } == 1
      return Self.answer(request, epoch: isOld ? 1 : 2, heartbeat: isOld ? .problem(409, conflict) : .json(204, ""))
    }
    let second = ScriptedIndexer { Self.answer($0, epoch: 3) }
    try await Self.withAgent([first, second]) { _ in
      #expect(await Self.eventually { Self.heartbeats(first).contains { $0.epoch == 2 } })
      let clock = ContinuousClock()
      let lost = clock.now
      first.stop()
      #expect(await Self.eventually { Self.heartbeats(second).contains { $0.epoch == 3 } })
      #expect(clock.now - lost < .seconds(3), "\(clock.now - lost)")
    }
  }

  @Test("says goodbye with what ended at last")
  func leaves() async throws {
    let indexer = ScriptedIndexer { Self.answer($0) }
    try await Self.withAgent([indexer]) { machine in
      #expect(await Self.eventually { !Self.heartbeats(indexer).isEmpty })
      machine.state.withLock { state in
        state.status = MachineStatus(freeSeats: 0, sessions: [], warmStages: 0, isDraining: true)
        state.ended = [Heartbeat.Ended(session: Self.session, reason: "the host is shutting down")]
      }
    }
    let last = try #require(Self.heartbeats(indexer).last)
    #expect(last.state == .draining && last.freeSeats == 0 && last.ended.map(\.session) == [Self.session])
  }

  @Test("waits next to nothing first, then longer, and never more than half a minute")
  func backoff() {
    var random = SystemRandomNumberGenerator()
    var backoff = Backoff()
    let waits = (0..<12).map { _ in backoff.next(using: &random) }
    #expect(waits[0] <= .milliseconds(500))
    #expect((Duration.milliseconds(800)...(.milliseconds(1200))).contains(waits[1]))
    #expect(waits.allSatisfy { $0 <= .seconds(30) } && waits[11] >= .seconds(24))
    backoff.reset()
    let again = backoff.next(using: &random)
    #expect(again <= .milliseconds(500))
  }
}
