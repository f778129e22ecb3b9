public import SessionProtocol

/// What a load test does.
public struct LoadConfiguration: Sendable {
  public var host: HostAddress
  /// Players, 1 ... 1,000.
  public var players: Int
  public var terms: StreamTerms
  public var arrivals = Arrivals.uniform
  /// The time over which the players come.
  public var ramp: Duration = .zero
  /// How long the run takes, counted from its start.
  public var duration: Duration
  /// Of the arrivals.
  public var seed: UInt64 = 1
  public var connectTimeout: Duration = .seconds(5)

  public init(host: HostAddress, players: Int, terms: StreamTerms, duration: Duration) {
    precondition((1...1000).contains(players), "a load test has 1 to 1,000 players")
    self.host = host
    self.players = players
    self.terms = terms
    self.duration = duration
  }
}
