public import MediaUnits

/// Decides which missing packets to ask for again, when, and when to give up.
///
/// Sequence numbers are extended, so they never wrap. Sans-IO: call ``received(_:now:)`` and ``expected(before:now:)``,
/// then ``poll(now:into:)``, then sleep until ``deadline``.
///
/// - Spec: RFC 4585 §6.2.1; Protocol/feedback.md §3.
public struct NACKGenerator: Sendable {
  public struct Configuration: Hashable, Sendable {
    /// Shortest time for which a gap may be mere reordering.
    public var reorderWindow: Duration = .milliseconds(2)
    /// Most packets missing at once; more than that and repair is hopeless, so the picture is refreshed instead.
    public var capacity = 512
    /// Shortest time after which an unrepaired packet is given up, counted from the moment its loss was noticed.
    public var minimumDeadline: Duration = .milliseconds(50)
    /// Longest time for the same.
    public var maximumDeadline: Duration = .milliseconds(300)
    /// How long after a request the same is said again, in case the request itself was lost.
    public var echoDelay: Duration = .milliseconds(2)
    /// Most packets of a gap that still are asked for when nothing had been heard for ``maximumDeadline``.
    public var capacityAfterSilence = 16

    public init() {}
  }

  private struct Missing: Sendable {
    var sequence: Int64
    var noticedAt: Instant
    var dueAt: Instant
    /// When it was last asked for, not counting echoes.
    var requestedAt = Instant.zero
    /// How often that has been said.
    var saidCount = 0
  }

  private let configuration: Configuration
  private var missing: [Missing] = []
  /// The last packet that is known to have been sent; `nil` before the stream begins.
  public private(set) var newest: Int64?
  /// Smoothed round-trip time plus its deviation, as the retry timer.
  public var roundTrip: Duration = .milliseconds(30)
  private var lastReceivedAt: Instant?
  /// Packets before this one that are missing were given up, the last time that some were.
  public private(set) var givenUpBefore: Int64 = 0
  /// Packets asked for again, counting each request but not its echo.
  public private(set) var requestCount = 0

  public init(configuration: Configuration = Configuration()) {
    self.configuration = configuration
    self.missing.reserveCapacity(configuration.capacity)
  }

  /// When ``poll(now:into:)`` next has something to say; `nil` while nothing is missing.
  public var deadline: Instant? {
    var earliest: Instant?
    for entry in self.missing {
      let at = min(entry.dueAt, entry.noticedAt + self.giveUpAfter)
      if earliest.map({ at < $0 }) ?? true { earliest = at }
    }
    return earliest
  }

  /// The stream begins with `sequence`, which has not arrived yet.
  public mutating func begin(at sequence: Int64) {
    self.newest = sequence - 1
  }

  /// A packet arrived, in any order, for the first or the second time.
  ///
  /// - Returns: `false` when the gap before it is too wide to repair, so that the picture must be refreshed.
  public mutating func received(_ sequence: Int64, now: Instant) -> Bool {
    let silence = self.lastReceivedAt.map { now - $0 } ?? .zero
    self.lastReceivedAt = now
    guard let newest = self.newest else {
      self.newest = sequence
      return true
    }
    guard sequence > newest else {
      if let index = self.missing.firstIndex(where: { $0.sequence == sequence }) { self.missing.remove(at: index) }
      return true
    }
    self.newest = sequence
    if silence > self.configuration.maximumDeadline, sequence - newest > self.configuration.capacityAfterSilence {
      // The path was away. What was sent meanwhile is too old to be worth its way; a new picture is not.
      self.missing.removeAll(keepingCapacity: true)
      return false
    }
    return self.notice(newest + 1..<sequence, guardTime: self.reorderGuard, now: now)
  }

  /// Packets up to but not including `end` must have been sent by now: whatever of them has not arrived is missing.
  ///
  /// Called when the rest of a frame stays away, which no later packet would reveal in time.
  ///
  /// - Returns: as for ``received(_:now:)``.
  public mutating func expected(before end: Int64, now: Instant) -> Bool {
    guard let newest = self.newest, end - 1 > newest else { return true }
    self.newest = end - 1
    return self.notice(newest + 1..<end, guardTime: .zero, now: now)
  }

  /// Nothing older than `sequence` matters any more.
  public mutating func forget(before sequence: Int64) {
    self.missing.removeAll { $0.sequence < sequence }
  }

  /// Collects the requests that are due, oldest first.
  ///
  /// - Parameters:
  ///   - keepsLater: whether what has not been missing for too long is of use without the rest.
  ///   - requests: appended to; untouched when nothing is due.
  /// - Returns: `true` when something has been missing for too long and the picture must be refreshed. It is then
  ///   forgotten, and everything else that is missing with it, unless that is kept.
  public mutating func poll(now: Instant, keepsLater: Bool = false, into requests: inout [Int64]) -> Bool {
    let giveUpAfter = self.giveUpAfter
    let last = self.missing.last { $0.noticedAt + giveUpAfter <= now }
    if let last {
      self.givenUpBefore = last.sequence + 1
      self.missing.removeAll { !keepsLater || $0.sequence <= last.sequence }
      guard keepsLater else { return true }
    }
    for index in self.missing.indices where self.missing[index].dueAt <= now {
      var entry = self.missing[index]
      self.say(&entry, now: now)
      self.missing[index] = entry
      requests.append(entry.sequence)
    }
    return last != nil
  }

  /// Something is being asked for: decides when that is said again, soon and once more when half a round trip is over,
  /// since losses come in bursts; then whatever was answered is lost too, and it is a new request.
  private mutating func say(_ missing: inout Missing, now: Instant) {
    let echoDelay = self.configuration.echoDelay
    switch missing.saidCount {
    case 0:
      missing.requestedAt = now
      missing.dueAt = now + echoDelay
      self.requestCount += 1
    case 1: missing.dueAt = missing.requestedAt + max(self.roundTrip / 2, echoDelay * 2)
    default: missing.dueAt = missing.requestedAt + max(self.roundTrip + .milliseconds(2), echoDelay * 4)
    }
    missing.saidCount = (missing.saidCount + 1) % 3
  }

  /// Two and a half round trips: a request, its repeat, and the answer to that. A refresh takes one and costs picture.
  private var giveUpAfter: Duration {
    min(
      max(self.roundTrip * 5 / 2 + .milliseconds(10), self.configuration.minimumDeadline),
      self.configuration.maximumDeadline
    )
  }

  private var reorderGuard: Duration {
    max(self.configuration.reorderWindow, self.roundTrip / 8)
  }

  private mutating func notice(_ gap: Range<Int64>, guardTime: Duration, now: Instant) -> Bool {
    guard gap.count + self.missing.count <= self.configuration.capacity else {
      self.missing.removeAll(keepingCapacity: true)
      return false
    }
    for sequence in gap {
      self.missing.append(Missing(sequence: sequence, noticedAt: now, dueAt: now + guardTime))
    }
    return true
  }
}
