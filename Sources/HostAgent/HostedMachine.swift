public import IndexAPI
public import Identity

/// What an agent needs of the host that it speaks for.
public protocol HostedMachine: Sendable {
  /// How things stand now.
  var status: MachineStatus { get }
  /// The part of its seats' time that went into pictures since the last call, 0 ... 1.
  func readEncoderLoad() -> Double
  /// The sessions that ended since the last call.
  func takeEnded() -> [Heartbeat.Ended]
  /// Calls `body`, which returns at once, whenever ``status`` has changed or a session has ended.
  ///
  /// Replaces the body given before.
  func onChange(_ body: @escaping @Sendable () -> Void)
  /// The keys that tickets are checked with from now on.
  func setKeys(_ keys: KeySet)
  /// A player with a ticket is on its way.
  func prepare(_ preparation: HostMessage.Preparation)
  /// A session was given up or ended elsewhere.
  func release(_ session: SessionID)
}

/// How busy a host is, at one moment.
public struct MachineStatus: Hashable, Sendable {
  /// Seats that a player may have now.
  public var freeSeats: Int
  /// Sessions with tickets that go on.
  public var sessions: [SessionID]
  /// Stages that stand ready.
  public var warmStages: Int
  /// Whether new sessions are refused.
  public var isDraining: Bool

  public init(freeSeats: Int, sessions: [SessionID], warmStages: Int, isDraining: Bool) {
    self.freeSeats = freeSeats
    self.sessions = sessions
    self.warmStages = warmStages
    self.isDraining = isDraining
  }
}
