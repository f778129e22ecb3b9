import DatagramIO
import Foundation
public import IndexAPI
public import IndexClient
public import Logging
import Matching
import MediaUnits
import Synchronization

/// A player's dealings with the indexers: from asking for a game to giving the seat back.
///
/// ```
/// order ──▶ (shortlist, probes) ──▶ seat ──▶ started ──▶ renewed … ──▶ ended
///                  │                 ▲  │
///                  └───── queue ─────┘  └─ host lost: order(after:) asks for another
/// ```
public final class PlayerAgent: Sendable {
  /// What is worth telling a person who waits.
  public enum Progress: Hashable, Sendable {
    case probing(hostCount: Int)
    case queued(QueuePlace)
  }

  struct State: Sendable {
    /// The seat that the player has, or had when its host was lost.
    var session: SessionID?
    /// The order under way: repeating it gives the same seat.
    var request: RequestID?
    /// Whether that order waits in the queue.
    var isQueued = false
    /// What was measured for the first order.
    var probes: [SessionOrder.Probe] = []
    /// Hosts that failed, and when.
    var lost: [(host: HostID, at: Instant)] = []
    /// The hosts of the seats that were granted.
    var endpoints: [HostEndpoint] = []
    var renewal: Task<Void, Never>?
    var measurement: Task<Void, Never>?
  }

  /// How many of the nearest are probed.
  static let shortlistCount = 8
  /// Whoever has not answered by then is no host to choose.
  static let probeLimit: Duration = .milliseconds(250)
  /// A host that failed is worth another try after this long.
  static let avoidance: Duration = .seconds(60)
  /// The landmarks are measured anew when they are this old, so that the next session starts without probing.
  private static let measurementSeconds: Int64 = 4 * 60
  /// How soon they are measured again when none has answered.
  private static let measurementRetry: Duration = .seconds(3)

  let client: IndexClient
  let wish: GameWish
  private let cache: LandmarkCache?
  let logger: Logger
  let onProgress: @Sendable (Progress) -> Void
  let state = Mutex(State())

  /// - Parameters:
  ///   - client: with the player's identity; outlives the agent.
  ///   - cache: `nil` to probe with every order.
  ///   - onProgress: called from any thread.
  public init(
    client: IndexClient,
    wish: GameWish,
    cache: LandmarkCache?,
    logger: Logger,
    onProgress: @escaping @Sendable (Progress) -> Void
  ) {
    self.client = client
    self.wish = wish
    self.cache = cache
    self.logger = logger
    self.onProgress = onProgress
  }

  /// Opens the connection that the order will need. What goes wrong, the order will say.
  public func connect() async {
    _ = try? await self.client.landmarks()
  }

  // MARK: A seat

  /// Asks for a seat, and waits in the queue where the wish says so. Cancelling the task leaves the queue.
  ///
  /// - Parameter lostKey: the transport key of the host that failed; `nil` for the session's first seat.
  /// - Throws: `Problem` and `IndexClientError` as the client does; ``NoSuchGame``.
  public func order(after lostKey: String? = nil) async throws -> GrantedSeat {
    let known = self.cache?.load(now: Self.unixTime)
    var probes: [SessionOrder.Probe]?
    var resumed: SessionID?
    if let lostKey {
      self.forget(hostWithKey: lostKey)
      (probes, resumed) = self.state.withLock { ($0.probes, $0.session) }
    } else if known.map({ $0.age >= LandmarkCache.freshSeconds }) ?? true {
      probes = try await self.probeShortlist(landmarks: known?.vector.text)
    }
    let (offer, wasQueued) = try await self.offer(resuming: resumed) {
      self.makeOrder(landmarks: known?.vector.text, probes: probes ?? [])
    }
    if Task.isCancelled {
      try? await self.client.end(session: offer.session)
      throw CancellationError()
    }
    self.state.withLock { state in
      state.request = nil
      state.isQueued = false
      state.session = offer.session
      state.endpoints = Array((state.endpoints + [offer.host]).suffix(16))
    }
    self.keepRenewing(offer)
    return GrantedSeat(offer: offer, probes: probes, wasQueued: wasQueued)
  }

  /// The first picture is there: tells the indexer how long the player waited, and begins to measure the landmarks, for
  /// which there is time now. Returns at once.
  public func started(_ start: SessionStart) {
    let task = Task {
      if let session = self.session {
        do {
          try await self.client.started(start, session: session)
        } catch {
          self.logger.debug("the start could not be reported: \(error)")
        }
      }
      await self.watchLandmarks()
    }
    self.state.withLock { $0.measurement = task }
  }

  /// The session that the player has, or had when its host was lost.
  public var session: SessionID? { self.state.withLock { $0.session } }

  /// Gives the seat back, and the place in the queue.
  public func end() async {
    let (session, request) = self.state.withLock { state in
      state.renewal?.cancel()
      state.measurement?.cancel()
      return (state.session.take(), state.isQueued ? state.request.take() : nil)
    }
    if let request {
      do {
        try await self.client.leaveQueue(request)
      } catch {
        self.logger.debug("the place in the queue could not be given back: \(error)")
      }
    }
    guard let session else { return }
    do {
      try await self.client.end(session: session)
    } catch {
      self.logger.debug("the seat could not be given back: \(error)")
    }
  }

  // MARK: Upkeep

  /// Renews the seat for as long as it is held.
  private func keepRenewing(_ offer: SessionOffer) {
    let interval = Duration.seconds(max(1, offer.leaseSeconds / 2))
    let task = Task { [client, logger] in
      while !Task.isCancelled {
        do {
          try await Task.sleep(for: interval)
          try await client.renew(offer.session)
        } catch is CancellationError {
          return
        } catch {
          logger.debug("the seat could not be renewed: \(error)")
        }
      }
    }
    let previous = self.state.withLock { state in
      defer { state.renewal = task }
      return state.renewal
    }
    previous?.cancel()
  }

  /// Keeps the landmarks measured until the task is cancelled.
  private func watchLandmarks() async {
    guard let cache = self.cache else { return }
    while !Task.isCancelled {
      var wait = Duration.seconds(30)
      let age = cache.load(now: Self.unixTime)?.age
      if age.map({ $0 >= Self.measurementSeconds }) ?? true {
        do {
          let landmarks = try await self.client.landmarks().landmarks
          let probes = await HostProbing.measure(landmarks, limit: .seconds(1))
          if let vector = HostProbing.vector(of: probes) {
            cache.store(vector, now: Self.unixTime)
          } else {
            wait = Self.measurementRetry
          }
        } catch {
          wait = Self.measurementRetry
          self.logger.debug("the landmarks could not be measured: \(error)")
        }
      }
      try? await Task.sleep(for: wait)
    }
  }

  private static var unixTime: Int64 { Int64(Date().timeIntervalSince1970) }
}
