public import NetworkSimulator
public import Presentation
public import SessionProtocol

/// What a load test does.
public struct LoadConfiguration: Sendable {
  /// How much of what comes is decoded.
  public enum Decoding: String, CaseIterable, Hashable, Sendable {
    /// Frames are received, repaired and measured, and not looked into.
    case none
    /// One player in ten decodes, the first for one.
    case sample
    /// Every player decodes.
    case full

    /// Whether the player of this number decodes.
    func includes(_ player: Int) -> Bool {
      switch self {
      case .none: false
      case .sample: player % 10 == 0
      case .full: true
      }
    }
  }

  /// The network that each player has to itself, on top of the real one.
  public struct Link: Sendable {
    /// From the player to the host.
    public var up: LinkConditions
    /// From the host to the player.
    public var down: LinkConditions
    /// How it was asked for, for reports.
    public var name: String

    public init(up: LinkConditions, down: LinkConditions, name: String) {
      self.up = up
      self.down = down
      self.name = name
    }
  }

  public var target: LoadTarget
  /// Players, 1 ... 1,000.
  public var players: Int
  public var terms: StreamTerms
  public var arrivals = Arrivals.uniform
  /// The time over which the players come.
  public var ramp: Duration = .zero
  /// How long the run takes, counted from its start.
  public var duration: Duration
  /// Of the arrivals and the links.
  public var seed: UInt64 = 1
  public var connectTimeout: Duration = .seconds(5)
  public var decoding = Decoding.none
  /// What every player does from its first frame on, over and over; `nil` for nothing.
  public var script: InputScript?
  /// Networks that players take in turn; none if empty.
  public var links: [Link] = []
  /// Where the first player that decodes logs what the latency stage's strip says; `nil` for nowhere.
  public var stripPath: String?
  /// Called once a second, on the load's own thread; returns at once.
  public var onProgress: (@Sendable (LoadProgress) -> Void)?

  public init(target: LoadTarget, players: Int, terms: StreamTerms, duration: Duration) {
    precondition((1...1000).contains(players), "a load test has 1 to 1,000 players")
    self.target = target
    self.players = players
    self.terms = terms
    self.duration = duration
  }
}
