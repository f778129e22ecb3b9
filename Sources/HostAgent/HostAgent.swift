public import IndexAPI
import Identity
public import IndexClient
public import Logging
import Synchronization

/// Speaks for one host in the network: registers it, keeps the stream of its home indexer, and says how it is.
///
/// A lost indexer, one that says goodbye, or one that no longer is the host's home makes the agent register with the
/// next that answers. Sessions do not notice. Players are admitted with the last key set meanwhile.
public final class HostAgent: Sendable {
  public struct Configuration: Sendable {
    /// What the host says of itself; the number of warm stages is filled in.
    public var registration: HostRegistration
    /// How often round trips to the landmarks are measured.
    public var surveyInterval: Duration = .seconds(900)
    /// How soon that is tried again as long as no landmark has answered.
    public var surveyRetry: Duration = .seconds(5)

    public init(registration: HostRegistration) {
      self.registration = registration
    }
  }

  private let configuration: Configuration
  private let host: HostID
  private let machine: any HostedMachine
  private let client: IndexClient
  private let logger: Logger
  private let ledger = Mutex(HeartbeatLedger())
  /// The epoch of the last registration.
  private let epoch = Mutex<Int?>(nil)

  /// - Parameters:
  ///   - host: the name that belongs to the client's identity.
  ///   - client: shut down by whoever made it, after ``leave()``.
  public init(
    host: HostID,
    machine: any HostedMachine,
    client: IndexClient,
    configuration: Configuration,
    logger: Logger
  ) {
    precondition(!configuration.registration.games.isEmpty, "a host offers a game")
    self.host = host
    self.machine = machine
    self.client = client
    self.configuration = configuration
    self.logger = logger
  }

  /// Keeps the host in the network until the task is cancelled.
  ///
  /// - Throws: ``IndexClientError/wrongKey(_:)`` if the first indexer to answer does not hold the key that was pinned. One
  ///   that does not hold it later is passed over: sessions go on.
  public func run() async throws(IndexClientError) {
    let failure = await withTaskGroup(of: IndexClientError?.self) { group in
      group.addTask { await self.keepRegistered() }
      group.addTask {
        await self.keepSurveyed()
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    if let failure { throw failure }
  }

  /// Says a last time how the host is, after ``run()`` has ended: what ended meanwhile, and that it takes nobody.
  public func leave() async {
    guard let epoch = self.epoch.withLock({ $0 }) else { return }
    do {
      try await self.sendHeartbeat(epoch: epoch)
      self.logger.info("left the network")
    } catch {
      self.logger.notice("could not tell the indexer that the host leaves; it will notice: \(error)")
    }
  }

  // MARK: Registration

  /// - Returns: why the host cannot be in the network; `nil` when the task was cancelled.
  private func keepRegistered() async -> IndexClientError? {
    var backoff = Backoff()
    var random = SystemRandomNumberGenerator()
    while !Task.isCancelled {
      do {
        let registered = try await self.register()
        backoff.reset()
        try await self.serve(registered)
      } catch {
        guard !Task.isCancelled else { return nil }
        if let failure = error as? IndexClientError, case .wrongKey = failure, self.epoch.withLock({ $0 }) == nil {
          return failure
        }
        let wait = backoff.next(using: &random)
        self.logger.notice("without a home indexer: \(Self.sentence(error))", metadata: ["again": "\(wait)"])
        try? await Task.sleep(for: wait)
      }
    }
    return nil
  }

  private func register() async throws -> HostRegistered {
    var registration = self.configuration.registration
    registration.games[0].warm = self.machine.status.warmStages
    let registered = try await self.client.register(registration)
    guard registered.host == self.host else { throw Departure.otherHost(registered.host) }
    self.machine.setKeys(try self.client.verify(keys: registered.keys))
    self.client.learn(registered.indexers)
    self.epoch.withLock { $0 = registered.epoch }
    self.logger.info("registered at \(self.client.indexer.base)", metadata: ["host": "\(self.host)"])
    return registered
  }

  /// Why a home is given up, beside the errors of the client.
  private enum Departure: Error, CustomStringConvertible {
    case goodbye
    case otherHost(HostID)

    var description: String {
      switch self {
      case .goodbye: "the indexer said goodbye"
      case .otherHost(let host): "the indexer takes this host for \(host)"
      }
    }
  }

  private static func sentence(_ error: any Error) -> String {
    (error as? Problem).map { "\($0.title): \($0.detail)" } ?? "\(error)"
  }

  /// Stays with one home; only ever ends by throwing.
  private func serve(_ registered: HostRegistered) async throws {
    let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.machine.onChange { signal.yield() }
    signal.yield()
    try await withThrowingTaskGroup { group in
      group.addTask { try await self.listen() }
      group.addTask {
        let interval = Duration.seconds(min(60, max(1, registered.heartbeatSeconds)))
        // Hosts that lost the same indexer at the same moment must not stay in step.
        try await Task.sleep(for: interval * Double.random(in: 0.8...1.2))
        while true {
          signal.yield()
          try await Task.sleep(for: interval)
        }
      }
      group.addTask {
        for await _ in signals {
          while try await self.sendHeartbeat(epoch: registered.epoch) {}
          // Many changes at once need few heartbeats; the first has gone out without delay.
          try await Task.sleep(for: .milliseconds(50))
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Does what the home indexer says.
  private func listen() async throws {
    for try await message in try await self.client.messages(host: self.host) {
      switch message {
      case .prepare(let preparation): self.machine.prepare(preparation)
      case .release(let session): self.machine.release(session)
      case .keys(let text):
        do {
          self.machine.setKeys(try self.client.verify(keys: text))
        } catch {
          self.logger.warning("a key set of the indexer does not hold: \(error)")
        }
      case .alive: break
      case .goodbye: throw Departure.goodbye
      }
    }
    try Task.checkCancellation()
    throw Departure.goodbye
  }

  /// - Returns: whether there is more to say at once.
  @discardableResult
  private func sendHeartbeat(epoch: Int) async throws -> Bool {
    let (status, newlyEnded, load) = (self.machine.status, self.machine.takeEnded(), self.machine.readEncoderLoad())
    let heartbeat = self.ledger.withLock { ledger in
      ledger.heartbeat(
        epoch: epoch,
        status: status,
        newlyEnded: newlyEnded,
        encoderLoad: load,
        game: self.configuration.registration.games[0].name
      )
    }
    do {
      try await self.client.heartbeat(heartbeat, host: self.host)
    } catch let problem as Problem where problem.status == 429 {
      // Still the home, only busy; the next heartbeat says it all again.
      return false
    }
    return self.ledger.withLock { $0.acknowledged(heartbeat) }
  }

  // MARK: Landmarks

  private func keepSurveyed() async {
    while !Task.isCancelled {
      var vector = ""
      do {
        vector = try await LandmarkSurvey.measure(self.client.landmarks().landmarks)
        if !vector.isEmpty { self.ledger.withLock { $0.landmarks = vector } }
      } catch {
        self.logger.debug("no round trips to landmarks: \(Self.sentence(error))")
      }
      let wait = vector.isEmpty ? self.configuration.surveyRetry : self.configuration.surveyInterval
      try? await Task.sleep(for: wait)
    }
  }
}
